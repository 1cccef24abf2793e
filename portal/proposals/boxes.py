"""What the forms about cases are made of: boxes for text, files, and forms that follow a list of the profile's."""

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import Field, FileField, MultipleFileField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.web import Form

LONG = Length(max=5000)
# What a file chooser offers; what is sent all the same is read and refused by its name.
PAPERS = "image/jpeg,image/png,image/webp,image/heic,application/pdf"
PAPERS_HINT = _l("Photos or PDF files. If this page comes back to you, choose them again.")
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


def paper_field(label: str, hint: str = "") -> FileField:
    """One photo or document."""
    return FileField(
        label,
        description=hint or PAPERS_HINT,
        validators=[Optional()],
        render_kw={"accept": PAPERS},
    )


def papers_field(label: str, hint: str = "") -> MultipleFileField:
    """Photos and documents, as many as somebody has."""
    return MultipleFileField(
        label,
        description=hint or PAPERS_HINT,
        validators=[Optional()],
        render_kw={"accept": PAPERS},
    )


def chosen(field: Field) -> list[FileStorage]:
    """The files that were really sent: a browser sends an empty one where none was chosen."""
    files = field.data if isinstance(field.data, list) else [field.data]
    return [file for file in files if isinstance(file, FileStorage) and file.filename]
