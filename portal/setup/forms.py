"""Forms of the area administrator."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    EmailField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from portal.areas.models import Ward
from portal.fields import DateParts, Percent
from portal.people.forms import EMAIL
from portal.people.rules import Role
from portal.web import Form

ROLES = (
    (Role.BROKER, _l("Broker")),
    (Role.OFFICER, _l("Officer of a holder")),
    (Role.PANEL, _l("Panel member")),
    (Role.CHAIR, _l("Chair of the panel")),
    (Role.ADMINISTRATOR, _l("Area administrator")),
)


class AreaForm(Form):
    product_name = StringField(
        _l("What is this portal called here?"),
        validators=[InputRequired(_l("Write a name.")), Length(max=60)],
    )
    colour = StringField(
        _l("Its colour"),
        description=_l("Dark enough for white words on it, for example #1d5c4d."),
        validators=[InputRequired(_l("Write a colour.")), Length(max=7)],
    )
    mark = TextAreaField(
        _l("Its mark"),
        description=_l(
            "The “d” of one SVG path in a box of 24 by 24. Leave empty for the portal's own."
        ),
        validators=[Optional(), Length(max=2000)],
    )
    basemap_url = StringField(
        _l("Address of the map's background"),
        description=_l(
            "A MapLibre style. Leave empty to show the area's own boundaries and ask nobody else."
        ),
        validators=[
            Optional(),
            Length(max=300),
            Regexp(r"^https://\S+$", message=_l("Write an address that begins with https://.")),
        ],
    )
    basemap_attribution = StringField(
        _l("Whom the background is from"), validators=[Optional(), Length(max=300)]
    )
    data_attribution = StringField(
        _l("Whom the boundaries and postcodes are from"), validators=[Optional(), Length(max=300)]
    )
    profile = SelectField(
        _l("The rules that hold here"),
        description=_l(
            "Those made for this nation. A case that has begun goes on under the rules it began with."
        ),
    )
    resolution_reference = StringField(
        _l("The council's resolution that adopts the compact"),
        description=_l(
            "Its reference. With it, silence is a grant where the rules say so; without, the case is escalated."
        ),
        validators=[Optional(), Length(max=120)],
    )
    resolution_on = DateParts(_l("The date of the resolution"), validators=[Optional()])
    contact_email = EmailField(
        _l("Where people reach the broker"),
        description=_l("An e-mail address; every page shows it."),
        validators=[Optional(), *EMAIL[1:]],
    )
    senior_officer = StringField(
        _l("The senior officer to whom an overdue case goes"),
        description=_l(
            "For example: Ada Hill <ada.hill@council.example>. The address gets the letter, the public sees the name."
        ),
        validators=[Optional(), Length(max=120)],
    )

    commission_basis_points = Percent(
        _l("Commission of the broker"),
        description=_l(
            "Percent of the rent that comes in, for example 10 or 12.5. The rest is owed to the holder. Left empty: none."
        ),
        validators=[Optional()],
    )


class RoleForm(Form):
    email = EmailField(_l("E-mail address"), validators=EMAIL)
    name = StringField(_l("Name"), validators=[Optional(), Length(max=120)])
    role = SelectField(
        _l("Role"), choices=[SelectChoice(role.value, words) for role, words in ROLES]
    )
    holder = SelectField(
        _l("For which holder?"),
        description=_l("For an officer only."),
        coerce=int,
        validators=[Optional()],
    )

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and self.role.data == Role.OFFICER and not self.holder.data:
            self.holder.errors = [_l("Choose the holder that this officer acts for.")]
            return False
        return valid


MOST_RESIDENTS = 99_999_999


def _people(label: str, hint: str = "") -> IntegerField:
    """A number of people; left empty where it is not on record."""
    in_words = NumberRange(0, MOST_RESIDENTS, _l("Write a whole number, for example 8431."))
    return IntegerField(
        label,
        description=hint,
        validators=[Optional(), in_words],
        render_kw={"class": "govuk-input--width-10"},
    )


class ResidentsForm(Form):
    """How many people live in the area and in its wards, for petitions that need a share of them."""

    whole = _people(
        _l("In the whole area"),
        _l(
            "Leave it empty to add up the wards. Leave empty what you do not know: nothing is estimated."
        ),
    )
    source = StringField(
        _l("Where these numbers are from"),
        description=_l("For example: Census 2021, Office for National Statistics."),
        validators=[Optional(), Length(max=200)],
    )


def ward_field(ward: Ward) -> str:
    """What the box of a ward is called."""
    return f"ward_{ward.id}"


def residents_form(wards: Iterable[Ward]) -> type[ResidentsForm]:
    """With a box for each ward."""
    boxes = {ward_field(ward): _people(ward.name) for ward in wards}
    return type("ResidentsForm", (ResidentsForm,), boxes)
