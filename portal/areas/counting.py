"""How a last day was counted, as a person reads it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.areas.calendar import Counted
from portal.web import day

UNITS = {
    "working days": _l("%(number)s working days"),
    "days": _l("%(number)s days"),
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


# What day 1 is and when the period is over, by unit and by whether it begins with the day of the event.
FIRST_AND_LAST = {
    ("working days", False): _l(
        "The first working day after it is day 1. The last one ends at midnight."
    ),
    ("working days", True): _l(
        "That day is day 1; if it is no working day, the next one is. The last one ends at midnight."
    ),
    ("days", False): _l(
        "The day after it is day 1. Weekends and holidays count. The last day ends at midnight."
    ),
    ("days", True): _l(
        "That day is day 1. Weekends and holidays count. The last day ends at midnight."
    ),
    ("months", False): _l(
        "It ends at midnight on the same date of the month, or on that month's last day where it has no such date."
    ),
    ("months", True): _l(
        "That day is day 1, so it ends at midnight on the day before the same date of the month."
    ),
    ("clear days", False): _l(
        "Clear days are working days that lie between: neither that day nor the day itself is counted."
    ),
}


def how_counted(counted: Counted) -> list[str]:
    """How a last day was counted, in sentences; one that both sides moved says so first."""
    length = str(UNITS[counted.unit]) % {"number": counted.number}
    start = day(counted.after)
    begin = (
        _("%(length)s, beginning with %(start)s.", length=length, start=start)
        if counted.beginning_with
        else _("%(length)s after %(start)s.", length=length, start=start)
    )
    told_ = [*_moved(counted), begin, str(FIRST_AND_LAST[counted.unit, counted.beginning_with])]
    if counted.weekend_days:
        told_.append(
            ngettext(
                "Not counted: %(num)s day at a weekend.",
                "Not counted: %(num)s days at weekends.",
                counted.weekend_days,
            )
        )
    told_ += [
        _("Not counted: %(day)s, %(why)s.", day=day(left.day), why=bank_holiday(left.why))
        for left in counted.holidays
    ]
    return told_


def _moved(counted: Counted) -> list[str]:
    """What both sides agreed, and then the count of the day that it had been."""
    if counted.instead_of is None:
        return []
    agreed = _(
        "The group and the holder agreed on %(day)s to move it: %(new)s instead of %(old)s.",
        day=day(counted.agreed_on),
        new=day(counted.due),
        old=day(counted.instead_of),
    )
    return [agreed, _("%(old)s was counted like this:", old=day(counted.instead_of))]


def bank_holiday(name: str) -> str:
    """A day off in the reader's words; two may fall on one day, and one be kept on another day."""
    return "; ".join(_day_off(part) for part in name.split("; "))


def _day_off(name: str) -> str:
    base = name.removesuffix(OBSERVED)
    words = str(BANK_HOLIDAYS.get(base, base))
    return words if base == name else _("%(day)s, kept on this day", day=words)
