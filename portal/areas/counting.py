"""How a last day was counted, as a person reads it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.areas.calendar import Counted
from portal.web import day

UNITS = {
    "working days": _l("%(number)s working days"),
    "months": _l("%(number)s months"),
    "clear days": _l("%(number)s clear days"),
}

# Bank holidays as the calendar's library names them; one that is proclaimed for a single year stays as it is.
BANK_HOLIDAYS = {
    "New Year's Day": _l("New Year's Day"),
    "New Year Holiday": _l("New Year Holiday"),
    "Saint Patrick's Day": _l("Saint Patrick's Day"),
    "Good Friday": _l("Good Friday"),
    "Easter Monday": _l("Easter Monday"),
    "May Day": _l("May Day"),
    "Spring Bank Holiday": _l("Spring Bank Holiday"),
    "Battle of the Boyne": _l("Battle of the Boyne"),
    "Summer Bank Holiday": _l("Summer Bank Holiday"),
    "Late Summer Bank Holiday": _l("Late Summer Bank Holiday"),
    "Saint Andrew's Day": _l("Saint Andrew's Day"),
    "Christmas Day": _l("Christmas Day"),
    "Boxing Day": _l("Boxing Day"),
}
OBSERVED = " (observed)"


def how_counted(counted: Counted) -> list[str]:
    """How a last day was counted, in sentences."""
    length = str(UNITS[counted.unit]) % {"number": counted.number}
    told_ = [_("%(length)s after %(start)s.", length=length, start=day(counted.after))]
    if counted.excluded:
        told_.append(_("The first working day after it is day 1. The last one ends at midnight."))
        told_.append(_("Not counted: %(number)s days at weekends.", number=counted.weekend_days))
    told_ += [
        _("Not counted: %(day)s, %(why)s.", day=day(left.day), why=bank_holiday(left.why))
        for left in counted.holidays
    ]
    return told_


def bank_holiday(name: str) -> str:
    """A day off in the reader's words; two may fall on one day, and one be kept on another day."""
    return "; ".join(_day_off(part) for part in name.split("; "))


def _day_off(name: str) -> str:
    base = name.removesuffix(OBSERVED)
    words = str(BANK_HOLIDAYS.get(base, base))
    return words if base == name else _("%(day)s, kept on this day", day=words)
