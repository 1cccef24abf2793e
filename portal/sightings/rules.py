"""The life of a report that a place stands empty, in one table. Source: COMPACT.md, "Who takes part"."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from portal.errors import Forbidden, RuleBroken
from portal.people.rules import Role


class SightingState(StrEnum):
    """How a report stands."""

    DRAFT = "draft"  # being written: nobody but the reporter sees it
    REPORTED = "reported"  # waits for the broker
    ACCEPTED = "accepted"  # a new asset was made of it
    MERGED = "merged"  # the place was in the register, or became so by another report
    DECLINED = "declined"


class Action(StrEnum):
    """What can be done with a report."""

    BEGIN = "begin"
    SEND = "send"
    ACCEPT = "accept"
    MERGE = "merge"
    DECLINE = "decline"
    SHOW = "show"  # publish photos and words, or take them back


class Reason(StrEnum):
    """Why a report is declined: a closed list."""

    NOT_PUBLIC = "not_public"
    IN_USE = "in_use"
    HOME = "home"
    NOT_FOUND = "not_found"
    DUPLICATE = "duplicate"
    HARMFUL = "harmful"


class HowLong(StrEnum):
    """How long the reporter thinks that it has stood empty."""

    UNKNOWN = "unknown"
    WEEKS = "weeks"
    MONTHS = "months"
    YEAR = "year"
    YEARS = "years"


# The likely duplicates of a new report stand within this distance of it.
SAME_METRES = 50
# What a broker may want to merge with.
NEAR_METRES = 250
MOST_PHOTOS = 4

# A draft that nobody sends is forgotten; so are a declined report's photos and, in time, every address.
DRAFT_LIVES = timedelta(days=1)
DECLINED_PHOTOS_LIVE = timedelta(days=30)
ADDRESS_MONTHS = 12  # after a report is answered its sender's address is kept for so long

DECIDED = frozenset({SightingState.ACCEPTED, SightingState.MERGED, SightingState.DECLINED})
# Reports whose place is in the register, and whose photos and words the broker may publish.
IN_REGISTER = frozenset({SightingState.ACCEPTED, SightingState.MERGED})

ANYBODY = frozenset({Role.RESIDENT})
BROKER = frozenset({Role.BROKER})


class Step(NamedTuple):
    """One row of the table: in `state`, `action` by one of `roles` leads to `to`."""

    state: SightingState | None
    action: Action
    roles: frozenset[Role]
    to: SightingState


_S, _A = SightingState, Action
TABLE: tuple[Step, ...] = (
    Step(None, _A.BEGIN, ANYBODY, _S.DRAFT),
    Step(_S.DRAFT, _A.SEND, ANYBODY, _S.REPORTED),
    Step(_S.REPORTED, _A.ACCEPT, BROKER, _S.ACCEPTED),
    Step(_S.REPORTED, _A.MERGE, BROKER, _S.MERGED),
    Step(_S.REPORTED, _A.DECLINE, BROKER, _S.DECLINED),
    Step(_S.ACCEPTED, _A.SHOW, BROKER, _S.ACCEPTED),
    Step(_S.MERGED, _A.SHOW, BROKER, _S.MERGED),
)


def step_for(state: SightingState | None, action: Action, roles: Iterable[Role]) -> Step:
    """The row that allows an action. Raises Forbidden("not-yours") or RuleBroken("not-now")."""
    mine = [row for row in TABLE if row.action is action and row.roles & frozenset(roles)]
    if not mine:
        raise Forbidden("not-yours", "This is for somebody in another role to do.")
    for row in mine:
        if row.state is state:
            return row
    raise RuleBroken(
        "not-now",
        "This report has been answered already. Look at it again: it has moved on since you opened the page.",
    )


def open_to(state: SightingState, roles: Iterable[Role]) -> list[Action]:
    """What somebody in these roles can do now, in the order of the table."""
    theirs = frozenset(roles)
    return [row.action for row in TABLE if row.state is state and row.roles & theirs]
