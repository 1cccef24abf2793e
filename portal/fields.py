"""Form fields that WTForms lacks: a date in three parts, and an amount of money."""

import re
from datetime import date
from typing import Any

from babel.dates import get_month_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, StringField
from wtforms.utils import unset_value

PARTS = ("day", "month", "year")
PART_NAMES = {"day": _l("day"), "month": _l("month"), "year": _l("year")}


class DateParts(Field):
    """A date as three boxes (name-day, name-month, name-year), which anybody can type.

    `parts` is what was typed, shown again as it was; `data` is a date or None.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = dict.fromkeys(PARTS, "")
        self.first_wrong = "day"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        sent = formdata is not None and any(f"{self.name}-{part}" in formdata for part in PARTS)
        if sent:
            self.parts = {p: formdata.get(f"{self.name}-{p}", "").strip() for p in PARTS}
            # One value for WTForms, so that its "required" and "optional" see blank as blank.
            formdata = MultiDict({self.name: " ".join(self.parts.values()).strip()})
        elif formdata is not None and isinstance(formdata.get(self.name), str):
            self.parts = _from_iso(formdata[self.name])
        super().process(formdata, data, extra_filters)
        if not sent and isinstance(self.data, date):
            self.parts = {p: str(getattr(self.data, p)) for p in PARTS}

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not any(self.parts.values()):
            return
        self.data = None
        self._ask_for_missing()
        day = self._number("day", 1, 31)
        month = _month(self.parts["month"]) or self._number("month", 1, 12)
        year = self._number("year", 1900, 2199)
        try:
            self.data = date(year, month, day)
        except ValueError as wrong:
            raise ValueError(_("There is no such day. Check the day and the month.")) from wrong

    def _ask_for_missing(self) -> None:
        missing = [part for part in PARTS if not self.parts[part]]
        if missing:
            self.first_wrong = missing[0]
            names = _(" and the ").join(str(PART_NAMES[part]) for part in missing)
            raise ValueError(_("Write the %(parts)s too.", parts=names))

    def _number(self, part: str, low: int, high: int) -> int:
        text = self.parts[part]
        if text.isdecimal() and len(text) <= len(str(high)) and low <= int(text) <= high:
            return int(text)
        self.first_wrong = part
        raise ValueError(str(WRONG_PART[part]))


WRONG_PART = {
    "day": _l("Write the day as a number from 1 to 31."),
    "month": _l("Write the month as a number from 1 to 12, or as its name."),
    "year": _l("Write the year with four numbers, for example 2027."),
}


def _month(text: str) -> int | None:
    """The number of a month written as a name, whole or its first three letters or more."""
    written = text.casefold().rstrip(".")
    if len(written) < 3:  # noqa: PLR2004 - "ma" could be March or May
        return None
    for locale in (get_locale() or "en", "en"):
        for number, name in get_month_names("wide", locale=locale).items():
            if name.casefold().startswith(written):
                return number
    return None


def _from_iso(text: str) -> dict[str, str]:
    """The parts of 2027-02-04, so that a link may carry a date in one piece."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text.strip())
    year, month, day = found.groups() if found else ("", "", "")
    return {"day": day, "month": month, "year": year}


class Percent(StringField):
    """A share: "12.5" and "10 %" are read; `data` is basis points, hundredths of a percent, or None."""

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data / 100:g}"

    def process_formdata(self, valuelist: list[str]) -> None:
        text = re.sub(r"[%\s]", "", valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        found = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", text)
        points = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
        if not 0 <= points <= 100 * 100:
            raise ValueError(_("Write a number from 0 to 100, for example 12.5."))
        self.data = points


class Pounds(StringField):
    """An amount of money: "12", "£12.50" and "1,200" are read; `data` is whole pence or None."""

    def _value(self) -> str:
        if self.raw_data:
            return self.raw_data[0]
        return "" if self.data is None else f"{self.data // 100}.{self.data % 100:02d}"

    def process_formdata(self, valuelist: list[str]) -> None:
        text = re.sub(r"[£,\s]", "", valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        found = re.fullmatch(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?", text)
        if not found:
            raise ValueError(_("Write an amount in pounds, for example 12.50."))
        self.data = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
