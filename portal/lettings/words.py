"""Lettings in a reader's words: reasons, terms, history, what happens next."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from babel.dates import format_date, get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import web
from portal.errors import N_
from portal.lettings import rules, table, walltime
from portal.lettings.dates.rules import waiting_helps
from portal.lettings.models import Let, LetEvent, Occurrence
from portal.lettings.queries import wish_of
from portal.lettings.rules import Insurance, LetState, OccurrenceState, Reason, Wish
from portal.lettings.search import Match
from portal.lettings.table import Facts
from portal.money import words as money_words
from portal.money.rules import WITH_BROKER
from portal.people.rules import Role
from portal.register.models import Asset
from portal.register.words import address
from portal.venues.facilities import FACILITIES

METRES_IN_KM = 1000
MOST_DATES = 4

ROLES = {
    Role.ORGANISER: _l("the group"),
    Role.BROKER: _l("the broker"),
    Role.OFFICER: _l("the holder"),
    Role.PORTAL: _l("the portal"),
}
INSURANCE = {
    Insurance.VENUE: _l("The venue's cover for hirers"),
    Insurance.OWN: _l("The group's own insurance"),
    Insurance.SPONSOR: _l("The insurance of a body that stands behind the group"),
}
# What happens next, said to everybody who may see the let.
NEXT = {
    LetState.REQUESTED: _l("The broker answers, usually within a few days. Nothing is held until then."),
    LetState.OFFERED: _l("The room is held. The group looks at the price and accepts the offer or leaves it."),
    LetState.DEPOSIT_DUE: _l("The room is held. The let is confirmed as soon as the broker has the deposit, in cash or by transfer."),
    LetState.CONFIRMED: _l("Nothing is left to do. The room is the group's on every date below."),
    LetState.RUNNING: _l("The group meets on the dates below. If it cannot come one week, give that date up so that others can use the room."),
    LetState.ENDED: _l("The let is over."),
    LetState.DECLINED: _l("Nothing is held. The group can look for another room with the same answers."),
    LetState.WITHDRAWN: _l("Nothing is held."),
    LetState.CANCELLED: _l("Nothing is held any more."),
}  # fmt: skip
DEPOSIT_BACK = _l("The broker still has to give the deposit back.")
EVERY = {1: _l("every week"), 2: _l("every second week"), 3: _l("every third week"), 4: _l("every fourth week")}  # fmt: skip
PLURAL_DAYS = (
    _l("Mondays"),
    _l("Tuesdays"),
    _l("Wednesdays"),
    _l("Thursdays"),
    _l("Fridays"),
    _l("Saturdays"),
    _l("Sundays"),
)


def weekdays() -> list[tuple[str, str]]:
    """Monday to Sunday in the reader's language, as choices."""
    names = get_day_names("wide", locale=get_locale() or "en")
    return [(str(number), names[number]) for number in range(walltime.WEEK)]


def say(reason: Reason) -> str:
    """A reason in the reader's words."""
    shown = {name: _value(name, value) for name, value in reason.values.items()}
    return _(reason.sentence, **shown) if shown else _(reason.sentence)


def _value(name: str, value: Any) -> Any:
    return VALUES[name](value) if name in VALUES else value


def distance(metres: float) -> str:
    """0.8 km, or 120 m when it is round the corner."""
    if metres < METRES_IN_KM / 2:
        return _("%(metres)s m", metres=max(10, round(metres, -1)).__int__())
    return _("%(km)s km", km=f"{metres / METRES_IN_KM:.1f}")


def days(dates: Iterable[date]) -> str:
    """12 March, 26 March: at most a few, then how many more."""
    dates = list(dates)
    named = ", ".join(_day(d, "d MMMM") for d in dates[:MOST_DATES])
    more = len(dates) - MOST_DATES
    return named if more <= 0 else _("%(dates)s and %(more)s more", dates=named, more=more)


def length(minutes: int) -> str:
    """20 minutes, 1 hour, 1 hour 20 minutes."""
    hours, rest = divmod(minutes, 60)
    said = (
        ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", rest) if rest else "",
    )
    return " ".join(filter(None, said))


def walk(minutes: int) -> str:
    """About 6 minutes on foot."""
    return ngettext(
        "About %(num)s minute on foot", "About %(num)s minutes on foot", max(minutes, 1)
    )


def clock(at: time) -> str:
    """18:00."""
    return at.strftime("%H:%M")


# How the values of a reason are said, by their names.
VALUES: dict[str, Callable[[Any], str]] = {
    "distance": distance,
    "dates": days,
    "pence": web.pounds,
    "starts": clock,
    "ends": clock,
    "length": length,
    "walk": walk,
    "weekday": lambda day: str(PLURAL_DAYS[day]),
    "facility": lambda name: str(FACILITIES[name]),
}


def term(wish: Wish) -> str:
    """Thursdays 18:00 to 20:00, every week from 5 February 2026 to 28 May 2026."""
    other = _("every %(n)s weeks", n=wish.every_weeks)
    return _(
        "%(day)s %(starts)s to %(ends)s, %(every)s from %(first)s to %(last)s",
        day=PLURAL_DAYS[wish.weekday],
        starts=clock(wish.starts),
        ends=clock(wish.ends),
        every=EVERY.get(wish.every_weeks, other),
        first=full(wish.first),
        last=full(wish.last),
    )


def wishes(wish: Wish) -> str:
    """15 people, step-free, within 3 km of M33 2AA, nothing to pay with."""
    parts = [ngettext("%(num)s person", "%(num)s people", wish.people)]
    parts += [_(ACCESS[name]) for name in rules.ACCESS if getattr(wish, name)]
    named = [str(FACILITIES[name]) for name in wish.facilities if name in FACILITIES]
    parts += [name[0].lower() + name[1:] for name in named]
    if wish.near:
        parts.append(
            _(
                "within %(km)s km of %(near)s",
                km=f"{wish.within_m / METRES_IN_KM:g}",
                near=wish.near,
            )
        )
    parts.append(
        _("up to %(price)s a meeting", price=web.pounds(wish.max_pence))
        if wish.max_pence
        else _("nothing to pay with")
    )
    return ", ".join(parts)


ACCESS = {
    "step_free": N_("step-free"),
    "hearing_loop": N_("hearing loop"),
    "accessible_toilet": N_("accessible toilet"),
    "changing_place": N_("changing place"),
    "parking": N_("parking"),
}


class Card(NamedTuple):
    """What is said of a room that was found."""

    reasons: list[str]
    obstacles: list[str]
    others: int  # requests that wait for an answer
    may_ask: bool
    may_wait: bool  # nothing but others is in the way


def card(match: Match, checked: dict[tuple[int, str], date], others: int) -> Card:
    """A room that was found, in the reader's words; access facts with the day they were checked."""
    reasons = []
    for reason in match.reasons:
        day = checked.get((match.room.id, reason.code))
        text = say(reason)
        reasons.append(_("%(fact)s, checked %(day)s", fact=text, day=full(day)) if day else text)
    codes = {reason.code for reason in match.obstacles}
    obstacles = [say(reason) for reason in match.obstacles]
    return Card(reasons, obstacles, others, not codes & rules.BLOCKING, waiting_helps(codes))


def _day(day: date, pattern: str) -> str:
    return _written(day, pattern, get_locale() or "en")


# A page of rooms says the same few days again and again.
_written = lru_cache(maxsize=4096)(format_date)


def full(day: date) -> str:
    """3 May 2026."""
    return _day(day, "d MMMM y")


def short(day: date) -> str:
    """Thu 4 Feb 2027: for a table on a phone."""
    return _day(day, "EEE d MMM y")


def facts(let: Let) -> list[tuple[str, str]]:
    """What was asked for and agreed, as rows: what, value. Rows without a value are not shown."""
    wish = wish_of(let.need)
    return [
        (_("Room"), let.room.name),
        (_("Where"), address(let.room)),
        (_("Held by"), let.room.holder.name),
        (_("Group"), let.group.name),
        (_("When"), term(wish)),
        (_("Not on"), left_out(wish)),
        (_("In other rooms"), "; ".join(date_and_room(o) for o in _elsewhere(let))),
        (_("What was asked for"), wishes(wish)),
        (_("What the group wrote"), let.need.words),
        (_("Price of one meeting"), web.pounds(let.price_pence) if let.price_pence else _("Free")),
        (_("Deposit"), deposit(let)),
        (_("Insurance"), str(INSURANCE[let.insurance])),
    ]


def _elsewhere(let: Let) -> list[Occurrence]:
    return [o for o in let.occurrences if o.other_room and o.state is OccurrenceState.PLANNED]


def left_out(wish: Wish) -> str:
    """The days on which a group does not meet: 12 March 2026, 2 April 2026 to 16 April 2026."""
    return ", ".join(_stretch(*walltime.stretch(text)) for text in wish.without)


def _stretch(first: date, last: date) -> str:
    if first == last:
        return full(first)
    return _("%(first)s to %(last)s", first=full(first), last=full(last))


def deposit(let: Let) -> str:
    """How the deposit stands, in one sentence."""
    if let.deposit is None:
        return let.waiver or ("" if let.state is LetState.REQUESTED else _("None is asked for"))
    return money_words.deposit(let.deposit)


def what_next(let: Let, facts: Facts) -> str:
    """What happens next, in one or two sentences."""
    over = let.state not in rules.LIVE
    owed = over and facts.deposit in WITH_BROKER
    return " ".join(filter(None, (str(NEXT[let.state]), str(DEPOSIT_BACK) if owed else "")))


def local(instant: datetime) -> str:
    """Thursday 2 April 2026, 18:00: on the wall."""
    at = walltime.wall(instant)
    return f"{web.day(at.date())}, {clock(at.time())}"


class Was(NamedTuple):
    """A date as it was before it was moved."""

    on: date
    starts: datetime
    ends: datetime
    other_room: Asset | None


def date_and_room(occurrence: Occurrence | Was) -> str:
    """Thursday 2 April 2026, 18:00 to 20:00, and the room where it is not the let's."""
    room = occurrence.other_room.name if occurrence.other_room else ""
    said = f"{web.day(occurrence.on)}, {times(occurrence)}"
    return f"{said}, {room}" if room else said


def times(occurrence: Occurrence | Was) -> str:
    """18:00 to 20:00 on the wall."""
    starts, ends = (walltime.wall(i).time() for i in (occurrence.starts, occurrence.ends))
    return _("%(starts)s to %(ends)s", starts=clock(starts), ends=clock(ends))


def events(let: Let) -> list[dict[str, str]]:
    """The history for the page's timeline, newest first."""
    return [_event(event) for event in reversed(let.events)]


def _event(event: LetEvent) -> dict[str, str]:
    what = _(table.told(event.before, event.action, event.after))
    if event.occurrence:
        what = f"{what} ({web.day(event.occurrence.on)})"
    role = str(ROLES.get(event.role, event.role))
    name = event.user.shown_name if event.user else ""
    return {
        "when": local(event.at),
        "what": what,
        "who": f"{name}, {role}" if name else role,
        "why": event.why,
        "clause": event.clause,
    }
