"""How a claim on land or a building goes on: what the table allows, to whom, and when. Pure.

The service, the permission check, the page's timeline, the tests and the docs' drawing all read TRANSITIONS.
A row says: in this state, this action, by these roles, leads to that state, if the guards hold and the clock
allows, under this clause. Source: COMPACT, "Track 1 and 2: a proposal's life".
"""

from collections.abc import Iterable

from portal.errors import N_, Forbidden, RuleBroken
from portal.people.rules import Role
from portal.proposals.facts import Facts
from portal.proposals.steps import Action, Clock, Runs, State, Track, Transition
from portal.proposals.table import PARTIES, TRANSITIONS

__all__ = [
    "EDITABLE", "HOLDS_THE_PLACE", "OVER", "PARTIES", "TRANSITIONS", "UNDECIDED",
    "Action", "Clock", "Facts", "Runs", "State", "Track", "Transition",
    "find", "for_somebody_else", "open_to", "road", "rows",
]  # fmt: skip

S = State
# In these states a case holds its place: the database allows one such case for an asset.
HOLDS_THE_PLACE = (S.GRANTED, S.GRANTED_BY_DEFAULT, S.AGREEMENT, S.IN_USE)
OVER = (S.REFUSED, S.WITHDRAWN, S.LAPSED, S.ENDED)
EDITABLE = (S.DRAFT, S.INTEREST, S.RETURNED)
# Published, and somebody has still to decide.
UNDECIDED = (S.ON_NOTICE, S.UNDER_TEST, S.HEARING, S.ESCALATED, S.REVIEW)

NOT_NOW = "This cannot be done now: the case has moved on. Look at the case to see where it stands."

TWO_HATS = N_(
    "You organise the group of this case, so you act for the group alone in it. What your office does here is for "
    "somebody else with your office. If there is nobody, the area's administrator can name somebody."
)


def rows(state: State | None, action: Action) -> tuple[Transition, ...]:
    """The rows of the table for an action in a state, in the table's order."""
    return tuple(row for row in TRANSITIONS if row.state is state and row.action is action)


def find(
    state: State | None,
    action: Action,
    roles: Iterable[Role],
    facts: Facts,
    *,
    input_too: bool = True,
) -> Transition:
    """The row that is taken: the first whose guards and clock hold (`input_too=False`: as far as a form knows).

    Raises RuleBroken("not-now") when the state, or the case's profile, does not know the action,
    Forbidden("not-your-part" or "two-hats") when none of the roles may take it, and else the last row's refusal.
    """
    known = [row for row in rows(state, action) if row.roles_under(facts.who)]
    if not known:
        raise RuleBroken("not-now", NOT_NOW)
    mine = [row for row in known if row.roles_under(facts.who) & set(roles)]
    if not mine:
        hats = set(facts.laid_down)
        raise for_somebody_else(two_hats=any(row.roles_under(facts.who) & hats for row in known))
    refusals = [row.broken(facts, input_too=input_too) for row in mine]
    for row, refusal in zip(mine, refusals, strict=True):
        if refusal is None:
            return row
    raise refusals[-1]  # type: ignore[misc]  # none of them is None here


def for_somebody_else(*, two_hats: bool) -> Forbidden:
    """The refusal of whoever has no part in a step. `two_hats`: they would have, but they organise the group."""
    if two_hats:
        return Forbidden("two-hats", TWO_HATS)
    return Forbidden("not-your-part", "In this case that is for somebody else to do.")


def open_to(state: State, roles: Iterable[Role], facts: Facts) -> list[Action]:
    """What somebody with these roles can do now, each action once, as far as it is known before a form is filled in."""
    found = [
        row.action
        for row in TRANSITIONS
        if row.state is state
        and row.roles_under(facts.who) & set(roles)
        and row.broken(facts, input_too=False) is None
    ]
    return list(dict.fromkeys(found))


def road() -> list[Transition]:
    """The straight road from draft to the end of use, one row for each step."""
    steps, state = [], S.DRAFT
    while row := next((row for row in TRANSITIONS if row.state is state and row.road), None):
        steps.append(row)
        state = row.to
    return steps
