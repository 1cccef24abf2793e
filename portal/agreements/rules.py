"""The terms of an agreement, how long it runs, how it ends early, and when tenure is contracted out. Pure.

Source: COMPACT, "The agreement"; defaults are the pilot's starting values, and both sides may change each of them.
"""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.areas.calendar import months
from portal.areas.rules import Nation
from portal.errors import N_, RuleBroken
from portal.people.rules import Role

DAY = timedelta(days=1)
SIDES = (Role.ORGANISER, Role.OFFICER)


class Form(StrEnum):
    """What is signed: a permission to use the place, or a right to it for a term."""

    LICENCE = "licence"
    LEASE = "lease"


class Kind(StrEnum):
    """How a term is written down; kept as text: a day as 2027-02-04, an amount in whole pence."""

    CHOICE = "choice"
    DAY = "day"
    NUMBER = "number"
    POUNDS = "pounds"
    TEXT = "text"


class Moment(StrEnum):
    """When the condition of the place is recorded."""

    BEFORE = "before"
    AFTER = "after"


class PaperKind(StrEnum):
    """Which stored paper: the one whose bytes are signed, or the one that shows the signatures."""

    FOR_SIGNING = "for_signing"
    SIGNED = "signed"


class Route(StrEnum):
    """How a tenant declares that it has read the warning notice: Landlord and Tenant Act 1954 s.38A."""

    SIMPLE = "simple"  # the notice came at least 14 days before
    STATUTORY = "statutory"  # it came later, and the declaration is made before a solicitor


@dataclass(frozen=True)
class Term:
    """One of the heads of terms: what it is called and what it says while nobody has changed it."""

    key: str
    title: str
    kind: Kind
    default: str = ""
    public: bool = False  # anybody may read what it says
    least: int = 0
    most: int = 0
    may_be_empty: bool = False
    by_broker: bool = False  # the broker alone chooses


_TERMS = (
    Term("form", N_("Kind of agreement"), Kind.CHOICE, Form.LICENCE, public=True, by_broker=True),
    Term("starts_on", N_("First day"), Kind.DAY, public=True),
    Term("term_months", N_("Months"), Kind.NUMBER, public=True, least=1, most=600),
    Term("rent", N_("Rent for a year"), Kind.POUNDS, "0", public=True),
    Term("permitted_use", N_("Permitted use"), Kind.TEXT),
    Term(
        "maintenance",
        N_("Maintenance"),
        Kind.TEXT,
        N_(
            "The group keeps the place clean, safe and tidy. The holder answers for what was wrong before the start."
        ),
    ),
    Term(
        "alterations",
        N_("Alterations"),
        Kind.TEXT,
        N_(
            "Light ones that can be taken away again are allowed. Others need the holder's agreement in writing, which may not be withheld without a reason."
        ),
    ),
    Term(
        "improvements",
        N_("Improvements and the last harvest"),
        Kind.TEXT,
        N_(
            "What the group brings stays the group's. It may take it away within 28 days of the end. What grows may be harvested at the end of its season."
        ),
    ),
    Term("insurance", N_("Insurance"), Kind.TEXT, N_("As the proposal says.")),
    Term(
        "rates",
        N_("Rates and utilities"),
        Kind.TEXT,
        N_(
            "The group pays for what it uses. The holder helps it to ask for every relief from rates that there is."
        ),
    ),
    Term(
        "renewal",
        N_("Renewal"),
        Kind.TEXT,
        N_(
            "The group may ask to renew three months before the end. The holder answers within 20 working days. Neither side has to agree."
        ),
    ),
    Term("break_holder", N_("Ending early: the holder's notice, in months"), Kind.NUMBER, "3", least=1, most=60),
    Term("break_after", N_("Ending early: the holder may give notice after month"), Kind.NUMBER, "6", most=600),
    Term("break_group", N_("Ending early: the group's notice, in months"), Kind.NUMBER, "1", least=1, most=60),
    Term(
        "assignment",
        N_("Passing it on"),
        Kind.TEXT,
        N_("The agreement is for this group and cannot be passed on."),
    ),
    Term("deposit", N_("Deposit"), Kind.POUNDS, "0"),
    Term(
        "condition",
        N_("Schedule of condition"),
        Kind.TEXT,
        N_("Both sides record the condition of the place, with photographs, at the start and at the end."),
    ),
    Term(
        "access",
        N_("Access"),
        Kind.TEXT,
        N_("The holder may come in after 24 hours' notice, and at once in an emergency."),
    ),
    Term(
        "reinstatement",
        N_("Return"),
        Kind.TEXT,
        N_(
            "At the end the group returns the place in the condition recorded at the start, fair wear excepted."
        ),
    ),
    Term("further", N_("Further terms"), Kind.TEXT, may_be_empty=True),
)  # fmt: skip
TERMS: Mapping[str, Term] = {term.key: term for term in _TERMS}
LONGEST_TEXT = 5000
MOST_POUNDS = 1_000_000

# A lease of so many months and less needs no contracting out: Landlord and Tenant Act 1954 s.43(3).
SHORT_MONTHS = 6
# Unless the group has been there longer than this already, under whatever it signed before: s.43(3)(b).
LONG_OCCUPATION_MONTHS = 12
NATIONS_OF_1954 = frozenset({Nation.ENGLAND, Nation.WALES})
WARNING_DAYS = 14
# How long the group has to answer what the broker means to keep of its deposit.
CLAIM_WORKING_DAYS = 10

# What is left when a letter says that the agreement ends: how long before its last day, and the letter's key.
BEFORE_END = {
    "6-months": ("months", 6),
    "3-months": ("months", 3),
    "1-month": ("months", 1),
    "1-week": ("days", 7),
    "end": ("days", 0),
}
BREAK_TOLD_BEFORE = 1  # months before the holder's right to break begins


def checked(key: str, value: object) -> str:
    """A term's value as it is kept, from what a form read (text, date, whole number, pence).

    Raises RuleBroken where it says nothing or says something that this term cannot say.
    """
    term = TERMS[key]
    if value in (None, "") and not term.may_be_empty:
        raise RuleBroken("term-empty", "This term has to say something.")
    if term.kind is Kind.TEXT:
        return _checked_text(str(value or "").strip())
    if term.kind is Kind.CHOICE:
        return Form(str(value)).value
    if term.kind is Kind.DAY:
        return date.fromisoformat(str(value)).isoformat()
    number = int(str(value))
    least, most = (0, MOST_POUNDS * 100) if term.kind is Kind.POUNDS else (term.least, term.most)
    if not least <= number <= most:
        raise RuleBroken(
            "term-number", "Write a number from %(least)s to %(most)s.", least=least, most=most
        )
    return str(number)


def _checked_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise RuleBroken(
            "term-long", "This is too long: at most %(most)s letters, spaces included.", most=LONGEST_TEXT
        )  # fmt: skip
    return text


def last_day(starts_on: date, term_months: int) -> date:
    """The last day of a term of so many months that begins on a day: the day before the corresponding date.

    Raises RuleBroken for a term that would end beyond all calendars.
    """
    try:
        return months(term_months, starts_on).due - DAY
    except (OverflowError, ValueError) as beyond:
        raise RuleBroken("term-calendar", "That is too far away. Check the day and the months.") from beyond  # fmt: skip


def open_keys(
    keys: Iterable[str], accepted: Mapping[str, Collection[Role]], side: Role
) -> list[str]:
    """The terms that one side has still to accept: `accepted` says which sides have accepted each."""
    return [key for key in keys if side not in accepted[key]]


def needs_contracting_out(
    form: Form, term_months: int, nation: Nation, *, occupied_months: int = 0
) -> bool:
    """Whether security of tenure has to be contracted out before this can be signed.

    `occupied_months`: how long the group has been there already. Source: Landlord and Tenant Act 1954 s.43(3), which
    is law in England and Wales only.
    """
    if form is not Form.LEASE or nation not in NATIONS_OF_1954:
        return False
    return term_months > SHORT_MONTHS or occupied_months > LONG_OCCUPATION_MONTHS


def first_signing_day(route: Route, notice_on: date, declared_on: date) -> date:
    """The first day on which a lease may be signed after the warning notice and the declaration.

    Source: Regulatory Reform (Business Tenancies) (England and Wales) Order 2003, schedule 2: the notice not less than
    14 days before, read as 14 whole days between; or, with a statutory declaration, at once.
    """
    if route is Route.STATUTORY:
        return max(notice_on, declared_on)
    return max(notice_on + (WARNING_DAYS + 1) * DAY, declared_on)


def check_warning(notice_on: date, drafted_on: date) -> None:
    """Refuse a warning notice from before the terms that it warns of were first drafted.

    Raises RuleBroken("notice-too-old"). Source: Landlord and Tenant Act 1954 s.38A(3): the notice is about the tenancy
    that is to be granted. How long it has to be served before that is `first_signing_day`.
    """
    if notice_on < drafted_on:
        raise RuleBroken(
            "notice-too-old",
            "The terms of this lease were first drafted on %(day)s. A notice from before that day warned of another lease: serve a new one, and wait 14 whole days.",
            day=drafted_on,
        )


def notice_from(side: Role, starts_on: date, break_after: int) -> date | None:
    """The first day on which a side may give notice: the holder after so many months; None: at any time, as the group."""
    if side is Role.OFFICER and break_after:
        return months(break_after, starts_on).due
    return None


def earliest_end(side: Role, given_on: date, *, break_holder: int, break_group: int) -> date:
    """The first day that a notice given on a day can name as the last one of the use."""
    return months(break_holder if side is Role.OFFICER else break_group, given_on).due


def reminders(starts_on: date, ends_on: date) -> dict[str, date]:
    """Key -> the day on which a letter goes out because the end is near; none before the use has begun."""
    found = {name: _before(ends_on, unit, number) for name, (unit, number) in BEFORE_END.items()}
    return {name: day for name, day in found.items() if day > starts_on}


def break_reminder(starts_on: date, ends_on: date, break_after: int) -> tuple[date, date] | None:
    """(the day of the letter, the day from which the holder may give notice), where that comes before the end."""
    begins = notice_from(Role.OFFICER, starts_on, break_after)
    if begins is None:
        return None
    told = _before(begins, "months", BREAK_TOLD_BEFORE)
    return (told, begins) if starts_on < told and begins < ends_on else None


def latest_due(days: Mapping[str, date], today: date) -> str | None:
    """The reminder that goes out on a day: the last one whose day has come. A late clock sends no stale ones."""
    due = [(day, name) for name, day in days.items() if day <= today]
    return max(due)[1] if due else None


def _before(day: date, unit: str, number: int) -> date:
    """So many days or months before a day; a month's last day where it has no such date."""
    if unit == "days":
        return day - number * DAY
    year, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
