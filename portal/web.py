"""What every page shares: the form base, how a form is answered, and errors in plain words."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Flask, g, render_template, request, url_for
from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from flask_wtf.i18n import translations as wtf_translations
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.routing import IntegerConverter
from wtforms import fields

from portal.config import LANGUAGES
from portal.errors import PortalError
from portal.fields import DateParts
from portal.limits import limiter
from portal.states import role_words, state_words
from portal.widgets import component, drawn

EXPIRED = _l("This page was open for a long time. Check what you wrote and send it again.")

# Where each of the three doors leads; the first page sends `near` and `kind` along.
DOORS = {"land": "/assets", "building": "/assets", "room": "/rooms"}
# The main navigation: words, path, and what is asked for there.
NAVIGATION = (
    (_l("Land"), "/assets", {"kind": "land", "status": "vacant"}),
    (_l("Buildings"), "/assets", {"kind": "building", "status": "vacant"}),
    (_l("Rooms"), "/rooms", {}),
    (_l("Cases"), "/cases", {}),
)

# What WTForms says by itself, in words a tired person understands.
PLAIN = {
    "This field is required.": _l("This answer is needed."),
    "Not a valid integer value.": _l("Write a whole number, for example 15."),
    "Not a valid decimal value.": _l("Write a number, for example 2.5."),
    "Not a valid float value.": _l("Write a number, for example 2.5."),
    "Not a valid time value.": _l("Write a time as hours and minutes, for example 18:00."),
    "Not a valid choice.": _l("Choose one of the answers shown."),
    "Invalid Choice: could not coerce.": _l("Choose one of the answers shown."),
    "Invalid email address.": _l("Write an e-mail address like name@example.org."),
    "Invalid URL.": _l("Write a web address like https://example.org."),
}
LENGTHS = {
    "Field cannot be longer than %(max)d character.": _l(
        "This is too long: at most %(max)d letters, spaces included."
    ),
    "Field must be at least %(min)d character long.": _l(
        "This is too short: at least %(min)d letters."
    ),
    "'%(value)s' is not a valid choice for this field.": PLAIN["Not a valid choice."],
}


class _PlainWords:
    """WTForms' own sentences in the house's words; anything else as Flask-WTF translates it."""

    def gettext(self, string: str) -> str:
        return str(PLAIN[string]) if string in PLAIN else wtf_translations.gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        plain = LENGTHS.get(singular)
        return str(plain) if plain else wtf_translations.ngettext(singular, plural, n)


# What a path ends with that programs read, beside JSON.
FOR_PROGRAMS = (".csv", ".atom", ".ics", ".mvt", ".gpkg")

LARGEST_ID = 2**31 - 1
A_PIECE = 1_000_000  # bytes


class Id(IntegerConverter):
    """A row's number in an address. One that no row can have is an address where nothing is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID} | kwargs)


def row_id(text: str) -> int:
    """A row's number after the question mark. Raises ValueError for one that no row can have."""
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(text)
    return number


# What no page may hold and PostgreSQL cannot: control characters but for tab and line ends, and non-characters.
UNWRITTEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane + end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))
    + "]"
)


def stripped(value: Any) -> Any:
    """Text without what nobody can read, and without the white space that a phone's keyboard leaves at its ends."""
    return UNWRITTEN.sub("", value).strip() if isinstance(value, str) else value


def _takes_files(form: Any, name: str) -> bool:
    """Whether a field is for files. A file sent to another field, or text sent to this one, is no answer."""
    return isinstance(form._fields.get(name), fields.FileField)


class Form(FlaskForm):
    """A form that is posted. An expired page is an error on the form, so nothing typed is lost."""

    broken = False
    # What a rule says of one answer stands beside it: the refusal's code and the field.
    about: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # If this request ends on an error page, what was typed is shown under the questions it answers.
        g.questions = g.get("questions", {}) | {field.name: field.label.text for field in self}

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            # Before any field sees it, so that a box full of blanks counts as empty.
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return None
            return MultiDict(
                (name, stripped(value))
                for name, value in sent.items(multi=True)
                if isinstance(value, FileStorage) is _takes_files(form, name)
            )

        def get_translations(self, form: Any) -> _PlainWords:  # noqa: ARG002 - WTForms' signature
            return _PlainWords()

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            token.errors = []
            self.form_errors.append(str(EXPIRED))
        return valid


class SearchForm(Form):
    """A form that is sent in the address: can be linked to, changes nothing, needs no token."""

    class Meta:
        csrf = False

    def __init__(self, formdata: MultiDict | None = None, **kwargs: Any) -> None:
        super().__init__(formdata=request.args if formdata is None else formdata, **kwargs)
        for field in self:
            field.flags.optional = False  # in a search nobody expects to have to answer


def attempt(form: Form, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run a service. What it returned (True for None), or None with its refusal on the form."""
    try:
        result = call(*args, **kwargs)
    except PortalError as refusal:
        form.broken = True
        field = form._fields.get(form.about.get(refusal.code, ""))
        if field is None:
            form.form_errors.append(told(refusal))
        else:
            field.errors = [*field.errors, told(refusal)]
        return None
    return True if result is None else result


def told(error: PortalError) -> str:
    """The sentence of an error in the reader's language, its values filled in."""
    values = {
        name: day(value) if isinstance(value, date) else value
        for name, value in error.values.items()
    }
    return _(error.sentence, **values) if values else _(error.sentence)


def hear_out(most: int) -> None:
    """Let a body that is too large come and go, up to `most` bytes: a browser shows our answer only once it has sent
    everything.
    """
    left = min(request.content_length or 0, most)
    while left > 0 and (part := request.environ["wsgi.input"].read(min(left, A_PIECE))):
        left -= len(part)


def translated(text: str | None) -> str:
    """A text of a profile, a rule or the history in the reader's language; nothing stays nothing."""
    return _(text) if text else ""


def language_links() -> list[tuple[str, str, str]]:
    """The other languages of the portal: code, own name, the address that turns this page into it."""
    here = (
        request.full_path.rstrip("?") if "GET" in getattr(request.url_rule, "methods", ()) else "/"
    )
    return [
        (code, name, f"/language/{code}?{urlencode({'next': here})}")
        for code, name in LANGUAGES.items()
        if code != str(get_locale())
    ]


def render_form(template: str, form: Form, **context: Any) -> tuple[str, int]:
    """A page with a form: 200 at first, 422 when answers are wrong, 409 when a rule said no."""
    status = 409 if form.broken else 422 if form.errors else 200
    return render_template(template, form=form, **context), status


def mistakes(form: Form) -> list[tuple[str, str]]:
    """Every error of a form as (id of the input it is about or "", sentence), top to bottom."""
    listed = [("", str(sentence)) for sentence in form.form_errors]
    for field in form:
        suffix = f"-{field.first_wrong}" if isinstance(field, DateParts) else ""
        listed += [
            (f"{field.id}{suffix}", f"{_question(field)}{error}") for error in field.errors[:1]
        ]
    return listed


def _question(field: fields.Field) -> str:
    """What an error in the summary is about; a tick box's label is a statement, not a question."""
    if isinstance(field, fields.BooleanField):
        return ""
    label = str(field.label.text).removesuffix(":")
    return f"{label} " if label.endswith("?") else f"{label}: "


def navigation() -> list[tuple[str, str, bool]]:
    """The main ways through the portal: words, address, whether the reader is there."""
    return [
        (str(words), f"{path}?{urlencode(asked)}".rstrip("?"), _is_here(path, asked.get("kind")))
        for words, path, asked in NAVIGATION
    ]


def _is_here(path: str, kind: str | None) -> bool:
    """Whether the reader is behind this door: in the list by the one kind asked for, elsewhere by the path."""
    if kind:
        return request.path == path and request.args.getlist("kind") == [kind]
    return request.path.startswith(path)


# Which signs need no other spelling in a question.
PLAIN_SIGNS = "!$'()*,/:;?@"


def page_with(endpoint: str, asked: Mapping[str, Any], **values: Any) -> str:
    """The address of a page with a question behind it. What somebody asked is never more than a question: url_for takes
    some of its names for itself.
    """
    question = urlencode(asked, doseq=True, safe=PLAIN_SIGNS)
    return url_for(endpoint, **values) + (f"?{question}" if question else "")


def page_url(page: int) -> str:
    """The address of this page with another page number, its filters kept."""
    asked = request.args.to_dict(flat=False) | {"page": [page]}
    return f"{request.path}?{urlencode(asked, doseq=True)}"


def day(value: date | None) -> str:
    """Friday 20 November 2026: a weekday helps more than it costs."""
    return format_date(value, "EEEE d MMMM y") if value else ""


def moment(value: datetime | None) -> str:
    """20 November 2026, 18:05 by the area's clock."""
    return format_datetime(value, "d MMMM y, HH:mm") if value else ""


def pounds(pence: int | None) -> str:
    """£12, or £12.50 when there are pence."""
    if pence is None:
        return ""
    whole, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}£{whole:,}" + (f".{rest:02d}" if rest else "")


def init_app(app: Flask) -> None:
    """Hand the GOV.UK macros, filters and the bare form for one-button posts to the templates."""
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.url_map.converters["int"] = Id
    # Where there is a slash too many nothing is: to send somebody on, the router would name the host as the request did.
    app.url_map.merge_slashes = False
    limiter.init_app(app)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, govuk])
    app.jinja_env.filters |= {
        "component": component,
        "mistakes": mistakes,
        "day": day,
        "moment": moment,
        "pounds": pounds,
        "role_words": role_words,
        "state_words": state_words,
        "translated": translated,
    }
    app.jinja_env.globals |= {
        "csrf_value": generate_csrf,
        "drawn": drawn,
        "language_links": language_links,
        "navigation": navigation,
        "page_url": page_url,
        "page_with": page_with,
    }
