"""A WTForms field as the GOV.UK component that asks for it: which macro, with which values."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import fields

from portal.fields import PART_NAMES, PARTS, DateParts, Percent, Pounds

Params = dict[str, Any]

# What an input needs so that a phone shows the right keyboard and its width hints at the answer.
INPUTS: tuple[tuple[type[fields.Field], Params], ...] = (
    (
        Pounds,
        {"inputmode": "decimal", "classes": "govuk-input--width-5", "prefix": {"text": "£"}},
    ),
    (
        Percent,
        {"inputmode": "decimal", "classes": "govuk-input--width-4", "suffix": {"text": "%"}},
    ),
    (fields.IntegerField, {"inputmode": "numeric", "classes": "govuk-input--width-4"}),
    (fields.DecimalField, {"inputmode": "decimal", "classes": "govuk-input--width-4"}),
    (fields.FloatField, {"inputmode": "decimal", "classes": "govuk-input--width-4"}),
    (fields.TimeField, {"type": "time", "classes": "govuk-input--width-5"}),
    (fields.EmailField, {"type": "email", "autocomplete": "email"}),
    (fields.TelField, {"type": "tel", "autocomplete": "tel", "classes": "govuk-input--width-20"}),
    (fields.URLField, {"type": "url"}),
)

OWN_PARAMETERS = ("autocomplete", "autocapitalize", "inputmode", "pattern", "rows", "spellcheck")


def component(field: fields.Field, hint: str = "", legend: str = "s", **look: Any) -> Params:
    """The macro's name and its parameters. `look` goes to the macro as it is (classes, rows)."""
    name, params = next(make for cls, make in COMPONENTS if isinstance(field, cls))(field, legend)
    hint = str(hint or field.description)
    common: Params = {"id": field.id, "name": field.name}
    if hint:
        common["hint"] = {"text": hint}
    if field.errors:
        common["errorMessage"] = {
            "text": str(field.errors[0]),
            "visuallyHiddenText": _("Error"),
        }
    return {"macro": name, "params": common | params | look}


_drawn: dict[tuple[str, str], Markup] = {}
MOST_DRAWN = 2000
LONGEST_VALUE = 10  # characters; what somebody wrote in words is for them alone


def drawn(macro: Callable[[Params], Markup], asked: Params) -> Markup:
    """A component's HTML. It follows from its parameters, and drawing twenty of them takes longer than most pages do
    to find out what they say: so it is kept.
    """
    params = asked["params"]
    if (
        asked["macro"] in ("textarea", "file")
        or len(str(params.get("value") or "")) > LONGEST_VALUE
    ):
        return macro(params)
    key = asked["macro"], repr(params)
    if key not in _drawn:
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        _drawn[key] = macro(params)
    return _drawn[key]


def label(field: fields.Field) -> str:
    """The question; one that may stay open says so, the others need no star."""
    text = str(field.label.text)
    return _("%(question)s (optional)", question=text) if field.flags.optional else text


def _label(field: fields.Field) -> Params:
    return {"label": {"text": label(field), "classes": "govuk-label--s"}}


def _legend(field: fields.Field, size: str) -> Params:
    legend = {"text": label(field), "classes": f"govuk-fieldset__legend--{size}"}
    return {"fieldset": {"legend": legend}}


def _extra(field: fields.Field) -> Params:
    """The field's render_kw: what the component has a parameter for, the rest as attributes."""
    extra = dict(field.render_kw or {})
    known = {name: extra.pop(name) for name in OWN_PARAMETERS if name in extra}
    if "spellcheck" in known:
        known["spellcheck"] = known["spellcheck"] in (True, "true")
    if "class" in extra:
        known["classes"] = extra.pop("class")
    return known | {"attributes": extra}


def _input(field: fields.Field, _legend: str) -> tuple[str, Params]:
    kind = next((params for cls, params in INPUTS if isinstance(field, cls)), {})
    value = field._value()  # noqa: SLF001 - what WTForms' own widgets show
    return "input", kind | _extra(field) | _label(field) | {"value": value}


def _textarea(field: fields.Field, _legend: str) -> tuple[str, Params]:
    return "textarea", _extra(field) | _label(field) | {"value": field.data or ""}


def _file(field: fields.Field, _legend: str) -> tuple[str, Params]:
    several = isinstance(field, fields.MultipleFileField)
    return "file", _extra(field) | _label(field) | {"multiple": several}


def _choices(field: fields.Field, mark: str) -> list[Params]:
    return [
        {
            "value": str(choice.value),
            "text": str(choice.label),
            mark: bool(choice.selected),
            "hint": {"text": str(choice.render_kw["hint"])} if "hint" in choice.render_kw else None,
        }
        for choice in field.iter_choices()
    ]


def _select(field: fields.Field, _legend: str) -> tuple[str, Params]:
    return "select", _label(field) | {"items": _choices(field, "selected")}


def _radios(field: fields.Field, size: str) -> tuple[str, Params]:
    items = _choices(field, "checked")
    return "radios", _legend(field, size) | {"idPrefix": field.id, "items": items}


def _checkboxes(field: fields.Field, size: str) -> tuple[str, Params]:
    items = _choices(field, "checked")
    return "checkboxes", _legend(field, size) | {"idPrefix": field.id, "items": items}


def _checkbox(field: fields.Field, _legend: str) -> tuple[str, Params]:
    """One box to tick; its label is beside it, so there is no legend above."""
    item = {
        "value": "y",
        "text": str(field.label.text),
        "checked": bool(field.data),
        "id": field.id,
        "hint": {"text": str(field.description)} if field.description else None,
    }
    return "checkboxes", {"idPrefix": field.id, "items": [item], "hint": None}


def _date(field: DateParts, size: str) -> tuple[str, Params]:
    width = {"day": "2", "month": "2", "year": "4"}
    items = [
        {
            "id": f"{field.id}-{part}",
            "name": f"{field.name}-{part}",
            "label": str(PART_NAMES[part]).capitalize(),
            "value": field.parts[part],
            "classes": f"govuk-input--width-{width[part]}"
            + (" govuk-input--error" if field.errors and part == field.first_wrong else ""),
        }
        for part in PARTS
    ]
    return "date", _legend(field, size) | {"items": items}


def _hidden(field: fields.Field, _legend: str) -> tuple[str, Params]:
    return "hidden", {"html": field()}


# The first class that a field is an instance of says how it is asked for.
COMPONENTS: tuple[tuple[type[fields.Field], Callable[..., tuple[str, Params]]], ...] = (
    (DateParts, _date),
    (fields.HiddenField, _hidden),
    (fields.TextAreaField, _textarea),
    (fields.RadioField, _radios),
    (fields.SelectMultipleField, _checkboxes),
    (fields.SelectField, _select),
    (fields.BooleanField, _checkbox),
    (fields.FileField, _file),
    (fields.Field, _input),
)
