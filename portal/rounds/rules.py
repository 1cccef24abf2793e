"""The life of a round, in one table; what groups may ask for in it; why a group got what it got. Pure. Source: COMPACT.md, Track 3.

Sentences are English source text with %(name)s; whoever shows them translates them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal.errors import N_, Forbidden, RuleBroken
from portal.people.rules import Role


class RoundState(StrEnum):
    """How a round stands."""

    OPEN = "open"  # groups say what they need
    CLOSED = "closed"  # nothing can be wished for any more; the broker proposes
    PROPOSED = "proposed"  # only the broker sees it
    PUBLISHED = "published"  # the lets are made
    GIVEN_UP = "given_up"


class Action(StrEnum):
    """What can be done with a round."""

    OPEN = "open"
    WISH = "wish"
    CLOSE = "close"
    REOPEN = "reopen"
    PROPOSE = "propose"
    ARRANGE = "arrange"  # pin, move, take away
    PUBLISH = "publish"
    GIVE_UP = "give_up"


class Step(NamedTuple):
    """One row of the table: in `state`, `action` by one of `roles` leads to `to`."""

    state: RoundState | None
    action: Action
    roles: frozenset[Role]
    to: RoundState


BROKER = frozenset({Role.BROKER})
GROUP = frozenset({Role.ORGANISER})
_S, _A = RoundState, Action

TABLE: tuple[Step, ...] = (
    Step(None, _A.OPEN, BROKER, _S.OPEN),
    Step(_S.OPEN, _A.WISH, GROUP, _S.OPEN),
    Step(_S.OPEN, _A.CLOSE, BROKER | {Role.PORTAL}, _S.CLOSED),
    Step(_S.CLOSED, _A.REOPEN, BROKER, _S.OPEN),
    Step(_S.CLOSED, _A.PROPOSE, BROKER, _S.PROPOSED),
    Step(_S.PROPOSED, _A.PROPOSE, BROKER, _S.PROPOSED),
    Step(_S.PROPOSED, _A.ARRANGE, BROKER, _S.PROPOSED),
    Step(_S.PROPOSED, _A.REOPEN, BROKER, _S.OPEN),
    Step(_S.PROPOSED, _A.PUBLISH, BROKER, _S.PUBLISHED),
    Step(_S.OPEN, _A.GIVE_UP, BROKER, _S.GIVEN_UP),
    Step(_S.CLOSED, _A.GIVE_UP, BROKER, _S.GIVEN_UP),
    Step(_S.PROPOSED, _A.GIVE_UP, BROKER, _S.GIVEN_UP),
)

NOT_NOW = {
    Action.WISH: N_("The round is closed, so nothing can be changed in it any more. Rooms that stay free can be asked for as always."),
    Action.PUBLISH: N_("There is no proposal to publish. Look at the round again."),
}  # fmt: skip
OTHERWISE = N_("That cannot be done now. Look at the round again: it has moved on since you opened the page.")  # fmt: skip


def step_for(state: RoundState | None, action: Action, roles: Iterable[Role]) -> Step:
    """The row that allows an action. Raises Forbidden("not-yours") or RuleBroken("not-now")."""
    held = frozenset(roles)
    rows = [row for row in TABLE if row.action is action and row.roles & held]
    if not rows:
        raise Forbidden("not-yours", "This is for somebody in another role to do.")
    row = next((row for row in rows if row.state is state), None)
    if row is None:
        raise RuleBroken("not-now", NOT_NOW.get(action, OTHERWISE))
    return row


def open_to(state: RoundState, roles: Iterable[Role]) -> list[Action]:
    """What somebody in these roles can do now, in the order of the table."""
    held = frozenset(roles)
    return [row.action for row in TABLE if row.state is state and row.roles & held]


MOST_WISHES = 8
MOST_TIMES = 3  # a week
LONGEST_TERM = timedelta(days=366)
# A wish is weighed when its room is free on so large a share of the term's dates; the others are left out of the let.
FREE_SHARE = 0.5
# Who met at a time that begins within so many minutes of it met "there".
SAME_MINUTES = 60
# A place of last term was used within so many days before this one begins.
LAST_TERM = timedelta(days=150)


def check_round(first: date, last: date, closes_on: date, today: date) -> None:
    """Whether a round can be held as it is planned. Raises RuleBroken."""
    faults = (
        (last < first, "last-before-first", N_("The last day must not be before the first day.")),
        (last - first > LONGEST_TERM, "too-long", N_("A round is for a year at most. Choose an earlier last day.")),
        (closes_on < today, "closes-in-the-past", N_("The last day to ask has gone by. Choose today or a later day.")),
        (closes_on >= first, "closes-too-late", N_("The last day to ask must be before the first day of the term, so that everybody knows in time.")),
    )  # fmt: skip
    for broken, code, sentence in faults:
        if broken:
            raise RuleBroken(code, sentence)


def check_wishes(number: int) -> None:
    """Whether one wish more may be added to so many. Raises RuleBroken("too-many")."""
    if number >= MOST_WISHES:
        raise RuleBroken(
            "too-many", "You have named %(most)s already. Take one away first.", most=MOST_WISHES
        )


class Why(NamedTuple):
    """A sentence that says why a group got what it got, with its values."""

    sentence: str
    values: Mapping[str, object] = {}


@dataclass(frozen=True)
class Outcome:
    """What became of a group's wishes: the ranks that it named, those that could be weighed, and those that were given.

    A rank of 0 is a place that the group had not named; `by_broker` are the given ranks that the broker set by hand.
    """

    times: int
    named: Collection[int]
    weighed: Collection[int]
    given: Collection[int]
    by_broker: Collection[int] = ()


def why(outcome: Outcome) -> list[Why]:
    """One sentence, or two, for the group: what it got, and what stood against the rest."""
    if not outcome.given:
        return [_nothing(outcome)]
    said = [_got(outcome)]
    if len(outcome.given) < outcome.times:
        values = {"times": outcome.times, "given": len(outcome.given)}
        said.append(Why(N_("You asked for %(times)s times a week and have %(given)s: with another one for you a group would have had none, or less of what it needs."), values))  # fmt: skip
    return said


def _nothing(outcome: Outcome) -> Why:
    if not outcome.named:
        return Why(N_("You named no room and time, so nothing could be weighed for you."))
    if not outcome.weighed:
        return Why(
            N_(
                "None of the rooms that you named suits what you need and is free at those times in this term."
            )
        )
    values = {"number": len(outcome.weighed)}
    return Why(N_("All that you named (%(number)s) went to other groups: this way more groups have a room than in any other."), values)  # fmt: skip


def _got(outcome: Outcome) -> Why:
    worst = max(outcome.given)
    if set(outcome.given) & set(outcome.by_broker):
        return Why(N_("The broker chose this place for you."))
    before = [
        rank for rank in sorted(outcome.weighed) if rank < worst and rank not in outcome.given
    ]
    closed = [
        rank for rank in sorted(outcome.named) if rank < worst and rank not in outcome.weighed
    ]
    if before:
        values = {"rank": worst, "before": _listed(before)}
        return Why(N_("You have what you named as number %(rank)s. Number %(before)s went to other groups, because this way more groups have a room, or what they like best."), values)  # fmt: skip
    if closed:
        values = {"rank": worst, "before": _listed(closed)}
        return Why(N_("You have what you named as number %(rank)s. Number %(before)s does not suit what you need, or is not free at that time in this term."), values)  # fmt: skip
    return Why(N_("You have what you liked best."))


def _listed(ranks: Iterable[int]) -> str:
    return ", ".join(map(str, ranks))
