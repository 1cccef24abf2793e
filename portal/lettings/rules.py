"""The words of a let, what a group asks for, and what may be said of a room. Source: COMPACT.md, Track 3.

Sentences are English source text with %(name)s; whoever shows them translates them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from portal.errors import N_, RuleBroken
from portal.lettings.walltime import instants, minutes_between, wall
from portal.people.rules import GroupKind


class LetState(StrEnum):
    """How a let stands."""

    REQUESTED = "requested"  # holds nothing: others may ask too
    OFFERED = "offered"  # dearer than the group said it can pay: it is held while the group thinks
    DEPOSIT_DUE = "deposit_due"  # held while the deposit is paid
    CONFIRMED = "confirmed"
    RUNNING = "running"
    ENDED = "ended"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class OccurrenceState(StrEnum):
    """How one date of a let stands."""

    PLANNED = "planned"
    RELEASED = "released"  # the group does not come: left out from the start, or given up later
    CANCELLED = "cancelled"  # by the broker or the holder


class Attended(StrEnum):
    """Whether a group came on one of its dates."""

    CAME = "came"
    UNUSED = "unused"


class Insurance(StrEnum):
    """Whose insurance answers for the group."""

    OWN = "own"
    VENUE = "venue"
    SPONSOR = "sponsor"


class Action(StrEnum):
    """What can be done with a let."""

    ASK = "ask"
    ALLOT = "allot"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    PRE_APPROVE = "pre_approve"
    DECLINE = "decline"
    SETTLE = "settle"
    ACCEPT = "accept"
    RECORD_DEPOSIT = "record_deposit"
    WAIVE_DEPOSIT = "waive_deposit"
    PLEDGE_DEPOSIT = "pledge_deposit"
    UNDO_DEPOSIT = "undo_deposit"
    SKIP = "skip"
    RELEASE = "release"
    TAKE_BACK = "take_back"
    MOVE = "move"
    CANCEL_DATE = "cancel_date"
    TAKE_OFFER = "take_offer"
    CAME = "came"
    NOBODY_CAME = "nobody_came"
    QUERY = "query"
    KEEP = "keep"
    LAPSE = "lapse"
    CANCEL = "cancel"
    BEGIN = "begin"
    END = "end"
    ASK_RENT = "ask_rent"
    CLAIM_DEPOSIT = "claim_deposit"
    ANSWER_CLAIM = "answer_claim"
    RETURN_DEPOSIT = "return_deposit"
    END_PLEDGE = "end_pledge"


# States in which the database holds the room for the let.
HOLDING = frozenset({LetState.OFFERED, LetState.DEPOSIT_DUE, LetState.CONFIRMED, LetState.RUNNING})
LIVE = HOLDING | {LetState.REQUESTED}


@dataclass(frozen=True)
class Wish:
    """What a group needs: a weekday (Monday is 0) and time on the wall, a term, people, access, place and means.

    `weekday`, `starts` and `ends` are liked best; `other_days` would do too, and so would the same length anywhere from
    `earliest` to `latest`. `within_m` in metres from (lon, lat) in degrees; `max_pence` is for one meeting;
    `facilities` are the words of portal/venues. `without` holds the days on which it does not meet, single ones and
    stretches as ISO 8601 writes them: 2027-04-08, 2027-02-15/2027-02-19. The group's kind decides about reduced rates.
    """

    weekday: int
    starts: time
    ends: time
    first: date
    last: date
    people: int
    every_weeks: int = 1
    step_free: bool = False
    hearing_loop: bool = False
    accessible_toilet: bool = False
    lon: float | None = None
    lat: float | None = None
    near: str = ""
    within_m: int = 3000
    max_pence: int = 0
    other_days: tuple[int, ...] = ()
    earliest: time | None = None
    latest: time | None = None
    changing_place: bool = False
    parking: bool = False
    facilities: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    group_kind: GroupKind | None = None


ACCESS = ("step_free", "hearing_loop", "accessible_toilet", "changing_place", "parking")
LONGEST_TERM_DAYS = 366
# How much of `without` a need has room for, as text.
LONGEST_WITHOUT = 200


def check_wish(wish: Wish, dates: list[date], now: datetime) -> None:
    """Whether a wish can be met by any room at all; `now` is an aware instant. Raises RuleBroken."""
    today = wall(now).date()
    gone_by = bool(dates) and instants(dates[0], wish.starts, wish.ends)[0] <= now
    faults = (
        (wish.ends <= wish.starts, "ends-before-start", N_("The meeting must end later than it begins, on the same day.")),
        (wish.last < wish.first, "last-before-first", N_("The last day must not be before the first day.")),
        (wish.first < today, "in-the-past", N_("The first day has gone by. Choose today or a later day.")),
        ((wish.last - wish.first).days > LONGEST_TERM_DAYS, "too-long", N_("A let is for a year at most. Choose an earlier last day; you can ask again.")),
        (wish.people < 1, "nobody", N_("Say how many people come: at least 1.")),
        (not dates, "no-such-day", N_("There is no such weekday between the first and the last day.")),
        (gone_by, "in-the-past", N_("The first meeting would have begun already. Choose a later first day.")),
        (_too_narrow(wish), "window-too-short", N_("The times in which you could meet are shorter than your meeting. Make them longer, or leave them empty.")),
        (_outside(wish), "outside-window", N_("The time you like best must lie within the times in which you could meet.")),
        (len(" ".join(wish.without)) > LONGEST_WITHOUT, "too-many-left-out", N_("These are too many single days to leave out. Leave out a stretch of days, or choose an earlier last day.")),
    )  # fmt: skip
    for broken, code, sentence in faults:
        if broken:
            raise RuleBroken(code, sentence)


def _too_narrow(wish: Wish) -> bool:
    """Whether the meeting does not fit between `earliest` and `latest`."""
    if wish.earliest is None or wish.latest is None:
        return False
    return minutes_between(wish.earliest, wish.latest) < minutes_between(wish.starts, wish.ends)


def _outside(wish: Wish) -> bool:
    early = wish.earliest is not None and wish.starts < wish.earliest
    return early or (wish.latest is not None and wish.ends > wish.latest)


@dataclass(frozen=True)
class Reason:
    """Why a room suits or does not: a code, a sentence with %(name)s, and its values (dates, metres, pence)."""

    code: str
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


# What stands in the way of asking at all. Anything else, a fact nobody has checked or a price, the broker can settle.
BLOCKING = frozenset(
    {"taken", "too-small", "closed", "bank-holiday", "closure", "nobody-opens", "hours-unknown"}
)


def price_of(pence_hour: int | None, minutes: int) -> int:
    """Pence for one meeting; parts of a penny are not asked for, and no price is none."""
    return (pence_hour or 0) * minutes // 60
