"""What the forms about cases are made of: boxes for text, and forms that follow a list of the profile's."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.web import Form

LONG = Length(max=5000)
NEEDED = InputRequired(_l("This answer is needed."))


def text_box(label: str, hint: str = "", *, needed: bool = False, rows: int = 4) -> TextAreaField:
    validators = [NEEDED if needed else Optional(), LONG]
    return TextAreaField(label, description=hint, validators=validators, render_kw={"rows": rows})


def with_fields(base: type[Form], fields: dict[str, object]) -> type[Form]:
    """A form class with more fields, for lists that only the profile or the case knows."""
    return type(base.__name__, (base,), fields)


class MayWait(Optional):
    """May stay empty in a draft, but lodging asks for it: so the label does not say "optional"."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}
