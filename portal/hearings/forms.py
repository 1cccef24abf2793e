"""Forms about hearings: shape and wording."""

from datetime import time

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    URLField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from portal.fields import DateParts
from portal.hearings import rules, words
from portal.hearings.models import Hearing, Speaker
from portal.hearings.rules import Coming, Outcome, Plan, Side
from portal.hearings.speaking import Wish, ways_in
from portal.proposals.boxes import NEEDED, paper_field, text_box
from portal.web import Form

MOST_PEOPLE = 10_000
# Where a browser writes "06:30 PM" and a clock beside it.
ROOM_FOR_TIME = {"class": "govuk-input--width-10"}
PAPER_HINT = _l("A photo or a PDF file. If this page comes back to you, choose it again.")


class SetForm(Form):
    """When, where, how to get in, how to join from home, and in which order it runs."""

    shown = HiddenField()
    on = DateParts(_l("Which day?"), validators=[NEEDED])
    starts = TimeField(
        _l("From what time?"),
        default=time(18, 30),
        description=_l("When people have come home from work, if you can."),
        validators=[NEEDED],
        render_kw=ROOM_FOR_TIME,
    )
    ends = TimeField(
        _l("Until what time?"),
        default=time(20, 30),
        validators=[NEEDED],
        render_kw=ROOM_FOR_TIME,
    )
    place = TextAreaField(
        _l("Where?"),
        description=_l("Room, building, street and postcode."),
        validators=[NEEDED, Length(max=500)],
        render_kw={"rows": 3},
    )
    access = SelectMultipleField(
        _l("What has somebody checked about the place?"),
        choices=[SelectChoice(name, words.ACCESS[name]) for name in rules.ACCESS],
        validators=[Optional()],
    )
    access_note = TextAreaField(
        _l("How does one get there and in?"),
        description=_l("Bus, entrance, whom to ring. What is not there is better said too."),
        validators=[Optional(), Length(max=1000)],
        render_kw={"rows": 3},
    )
    remote_link = URLField(
        _l("Web address to join by video"),
        description=_l("It is published. Let people wait until the chair lets them in."),
        validators=[
            Optional(),
            Length(max=500),
            Regexp(
                r"^https://[^\s/]+\.[^\s]+$",
                message=_l("Write a web address like https://example.org."),
            ),
        ],
    )
    phone_in = StringField(
        _l("Number to join by telephone"),
        description=_l("With the code that it asks for."),
        validators=[Optional(), Length(max=200)],
    )
    agenda = TextAreaField(
        _l("Agenda"),
        description=_l("One point a line. Numbers come by themselves."),
        validators=[NEEDED, Length(max=5000)],
        render_kw={"rows": 9},
    )
    speak_until = DateParts(
        _l("Last day to ask to speak"),
        description=_l("Left empty: two working days before the hearing."),
        validators=[Optional()],
    )
    side_minutes = IntegerField(
        _l("Minutes for the group, and as many for the holder"),
        default=10,
        validators=[
            InputRequired(_l("Write a number of minutes.")),
            NumberRange(1, rules.MOST_MINUTES, _l("Write a number of minutes from 1 to 60.")),
        ],
    )
    other_minutes = IntegerField(
        _l("Minutes for each other speaker"),
        default=3,
        validators=[
            InputRequired(_l("Write a number of minutes.")),
            NumberRange(1, rules.MOST_MINUTES, _l("Write a number of minutes from 1 to 60.")),
        ],
    )

    def validate_ends(self, field: TimeField) -> None:
        """Said at the question, before the service says it."""
        given = self.starts.data and field.data
        if given and not rules.hours_are_right(self.starts.data, field.data):
            raise ValidationError(_l(rules.WRONG_HOURS))

    def validate_speak_until(self, field: DateParts) -> None:
        """As above."""
        if self.on.data and not rules.last_day_is_right(field.data, self.on.data):
            raise ValidationError(_l(rules.WRONG_LAST_DAY))

    def validate_agenda(self, field: TextAreaField) -> None:
        """As above."""
        if not 0 < len(rules.points(field.data or "")) <= rules.MOST_POINTS:
            raise ValidationError(_l(rules.WRONG_AGENDA))

    @property
    def plan(self) -> Plan:
        """What was filled in."""
        given = {name: self[name].data for name in Plan.__dataclass_fields__}
        texts = ("place", "access_note", "remote_link", "phone_in", "agenda")
        chosen = tuple(name for name in rules.ACCESS if name in (given["access"] or ()))
        return Plan(**given | {name: given[name] or "" for name in texts} | {"access": chosen})


def set_form(hearing: Hearing | None, shown: str) -> SetForm:
    """The form with what stands now, or with what most hearings have."""
    if hearing is None:
        return SetForm(data={"shown": shown, "agenda": words.usual_agenda()})
    plan = hearing.plan
    return SetForm(data={name: getattr(plan, name) for name in Plan.__dataclass_fields__} | {"shown": shown})  # fmt: skip


class RecordForm(Form):
    """What came of it."""

    outcome = RadioField(
        _l("What did the hearing come to?"),
        choices=[SelectChoice(one.value, words.OUTCOMES[one]) for one in Outcome],
        validators=[InputRequired(_l("Choose what it came to."))],
    )
    conditions = text_box(
        _l("Conditions"), _l("Only where it supports the proposal with conditions. One a line.")
    )
    attendance = IntegerField(
        _l("How many people came, with those at home?"),
        validators=[
            Optional(),
            NumberRange(0, MOST_PEOPLE, _l("Write a whole number, for example 15.")),
        ],
    )
    minutes = TextAreaField(
        _l("Minutes"),
        description=_l(
            "Who said what, in roles: the group, the holder, a resident. Names of residents are not published."
        ),
        validators=[NEEDED, Length(max=20_000)],
        render_kw={"rows": 12},
    )
    paper = paper_field(_l("The signed minutes as a file"), PAPER_HINT)


class AddForm(Form):
    """What was wrong or wanting in the minutes."""

    words = text_box(
        _l("What is to be added, or put right?"),
        _l("Say which sentence you mean and what is right. Names of residents are not published."),
        needed=True,
    )


class SpeakForm(Form):
    """What somebody says who wants to speak."""

    name = StringField(
        _l("Your name"),
        description=_l("For the chair and the broker only."),
        validators=[NEEDED, Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    side = RadioField(
        _l("On which side do you speak?"),
        description=_l("This is published, your name is not."),
        choices=[SelectChoice(one.value, words.SIDES[one]) for one in Side],
        validators=[InputRequired(_l("Choose one of the answers shown."))],
    )
    coming = RadioField(
        _l("How do you take part?"),
        validators=[InputRequired(_l("Choose one of the answers shown."))],
    )
    needs = text_box(
        _l("What do you need to take part?"),
        _l(
            "For example: a hearing loop, an interpreter, to speak early. For the chair and the broker only."
        ),
        rows=3,
    )

    @property
    def wish(self) -> Wish:
        """What was filled in."""
        return Wish(
            self.name.data, Side(self.side.data), Coming(self.coming.data), self.needs.data or ""
        )


def speak_form(hearing: Hearing, mine: Speaker | None, name: str) -> SpeakForm:
    """The form with what somebody asked for before, and the ways that lead to this hearing."""
    ways = ways_in(hearing)
    data = {"name": name, "coming": ways[0].value if len(ways) == 1 else None}
    if mine is not None:
        data = {"name": mine.name, "side": mine.side.value, "needs": mine.needs, "coming": mine.coming.value}  # fmt: skip
    form = SpeakForm(data=data)
    form.coming.choices = [SelectChoice(way.value, words.COMING[way]) for way in ways]
    return form
