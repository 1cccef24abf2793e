"""What a broker answers: where it is, on what evidence, what was seen. Shape and wording."""

from datetime import date
from typing import Any

from flask import session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from portal import clock
from portal.fields import DateParts
from portal.locating import hours, words
from portal.locating.rules import CHECKABLE, MOST_PEOPLE, SEEN_STATUS, Evidence
from portal.locating.service import Grounds
from portal.register.models import Asset
from portal.register.rules import KEPT_STATUS
from portal.states import STATES
from portal.web import Form

LONGEST = 2000
LONGEST_WHY = 300
EARLIEST = date(1950, 1, 1)


class ShownForm(Form):
    """A form about an asset as its page showed it."""

    shown = HiddenField()


class EvidenceForm(ShownForm):
    """What the broker's word rests on. The last answer of this sitting is there already: fifty in a row need it once."""

    evidence = RadioField(
        _l("How do you know?"),
        choices=[SelectChoice(evidence.value, said) for evidence, said in words.EVIDENCE.items()],
        validators=[InputRequired(_l("Choose how you know."))],
    )
    seen_on = DateParts(
        _l("Of which day is that?"),
        description=_l("The day of the visit, or the date of the plan or photograph."),
        validators=[InputRequired(_l("Write the day, for example 20 11 2026."))],
    )
    words = TextAreaField(
        _l("More about it"),
        description=_l("For example the number of the plan. Only staff read it."),
        validators=[Optional(), Length(max=LONGEST)],
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**_last_time() | values)

    def validate_seen_on(self, field: DateParts) -> None:
        """Evidence is of a day that has been."""
        if field.data and not EARLIEST <= field.data <= clock.today():
            raise ValidationError(_("Write a day between 1950 and today."))

    def grounds(self) -> Grounds:
        """The answers; remembered for the next place."""
        session["grounds"] = [self.evidence.data, self.seen_on.data.isoformat()]
        return Grounds(Evidence(self.evidence.data), self.seen_on.data, self.words.data or "")


def _last_time() -> dict[str, Any]:
    try:
        evidence, on = session["grounds"]
        return {"evidence": Evidence(evidence).value, "seen_on": date.fromisoformat(on)}
    except (KeyError, ValueError, TypeError):
        return {"seen_on": clock.today()}


def in_order(form: Form) -> list[Any]:
    """The questions of a form, what was seen before how one knows it."""
    asked = [field for field in form if not isinstance(field.widget, HiddenInput)]
    return sorted(asked, key=lambda field: field.name in ("evidence", "seen_on", "words"))


class PlaceForm(EvidenceForm):
    """The second step: the place as it was given, what it came to when it was looked at, and the evidence."""

    place = HiddenField()
    suggestion = HiddenField()
    pin = HiddenField()
    spot = HiddenField()


class WhyForm(ShownForm):
    """A reason that staff read."""

    why = StringField(
        _l("Why?"),
        description=_l("Only staff read it. For example: a refuge; its holder asked on 3 March."),
        validators=[DataRequired(_l("Write why.")), Length(max=LONGEST_WHY)],
    )


class MaybeWhyForm(ShownForm):
    """A reason, if there is one to give."""

    why = StringField(
        _l("Why?"),
        description=_l("Only staff read it."),
        validators=[Optional(), Length(max=LONGEST_WHY)],
    )


NOT_LOOKED = ""
YES, NO = "yes", "no"
YES_NO = [
    SelectChoice(NOT_LOOKED, _l("I did not look")),
    SelectChoice(YES, _l("Yes")),
    SelectChoice(NO, _l("No")),
]


class CheckedForm(EvidenceForm):
    """What was seen on site; what was not looked at stays as it is."""

    status = SelectField(
        words.FIELDS["status"],
        choices=[
            SelectChoice(NOT_LOOKED, _l("I did not look")),
            *(SelectChoice(status.value, STATES[status.value][0]) for status in SEEN_STATUS),
        ],
        default=NOT_LOOKED,
    )
    step_free = SelectField(words.FIELDS["step_free"], choices=YES_NO, default=NOT_LOOKED)
    hearing_loop = SelectField(words.FIELDS["hearing_loop"], choices=YES_NO, default=NOT_LOOKED)
    accessible_toilet = SelectField(
        words.FIELDS["accessible_toilet"], choices=YES_NO, default=NOT_LOOKED
    )
    changing_place = SelectField(words.FIELDS["changing_place"], choices=YES_NO, default=NOT_LOOKED)
    parking = SelectField(words.FIELDS["parking"], choices=YES_NO, default=NOT_LOOKED)
    capacity = IntegerField(
        words.FIELDS["capacity"],
        validators=[Optional(), NumberRange(1, MOST_PEOPLE, _l("Write how many people, for example 15."))],
    )  # fmt: skip

    def __init__(self, asset: Asset, **values: Any) -> None:
        super().__init__(**values)
        if asset.status in KEPT_STATUS:
            del self.status

    def seen(self) -> dict[str, Any]:
        """Column and value of everything that was looked at."""
        read = {YES: True, NO: False} | {status.value: status for status in SEEN_STATUS}
        fields = [field for field in self if field.name in CHECKABLE]
        return {
            field.name: read.get(field.data, field.data)
            for field in fields
            if field.data not in (None, NOT_LOOKED)
        }


DAY_FIELDS = {
    "Mo": _l("Monday"), "Tu": _l("Tuesday"), "We": _l("Wednesday"), "Th": _l("Thursday"), "Fr": _l("Friday"),
    "Sa": _l("Saturday"), "Su": _l("Sunday"), "PH": _l("Bank holidays"),
}  # fmt: skip


def _day(day: str) -> StringField:
    return StringField(
        DAY_FIELDS[day],
        validators=[Optional(), Length(max=100)],
        render_kw={"autocomplete": "off"},
    )


class HoursForm(ShownForm):
    """A week, one text a day; or the whole in OSM's syntax; or that there is no such week."""

    mo, tu, we, th, fr, sa, su, ph = map(_day, DAY_FIELDS)

    osm = StringField(
        _l("Or the whole week as OpenStreetMap writes it"),
        description=_l(
            "For example Mo-Fr 09:00-17:00; PH off. It goes before what is written above."
        ),
        validators=[Optional(), Length(max=hours.LONGEST)],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    none = BooleanField(_l("The text gives no weekly hours, for example “by appointment”"))

    week: str | None = None

    def __init__(self, text: str) -> None:
        super().__init__(**{day.lower(): said for day, said in hours.understood(text).items()})

    def cells(self) -> dict[str, str]:
        """What was written for each day."""
        return {day: self[day.lower()].data or "" for day in DAY_FIELDS}

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the answers into `week`."""
        if not super().validate(extra_validators):
            return False
        if self.none.data:
            return True
        if self.osm.data:
            return self._osm_holds()
        for day, text in self.cells().items():
            if text and hours.of_week({day: text}) is None and not hours.shut(text):
                self[day.lower()].errors = [_("Write it like 10:00-14:00, or “closed”.")]
        if any(self[day.lower()].errors for day in DAY_FIELDS):
            return False
        self.week = hours.of_week(self.cells())
        if self.week is None or not hours.readable(self.week):
            self.form_errors.append(_("Write when it is open, for at least one day."))
            return False
        return True

    def _osm_holds(self) -> bool:
        self.week = self.osm.data
        if hours.readable(self.osm.data):
            return True
        self.osm.errors = [
            _("This is not in OpenStreetMap's syntax. Write the days above instead.")
        ]
        return False
