"""A profile held against the table of steps: what happens under it, and what in it does not fit. Pure.

Source: COMPACT, "Track 1 and 2: a proposal's life"; `proposals.rules.TRANSITIONS`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from portal.areas.profile import Profile, none_of
from portal.people.rules import GroupKind, Role
from portal.proposals import guards as g
from portal.proposals.rules import OVER, TRANSITIONS, Action, State, Transition

# What a period can run from, besides the states and other periods.
EVENTS = ("asked", "hearing_opened", "hearing_set", "sign_shown")
HEARINGS = (Action.OPEN_HEARING, Action.SET_HEARING, Action.RECORD_HEARING)
PETITIONS = (Action.OPEN_PETITION, Action.SIGN_PETITION)
# What else has to be there once a step is: the periods that the code looks up by name.
PERIODS_OF = {
    Action.SET_HEARING: ("hearing", "hearing_notice", "decision_with_hearing"),
    Action.ASK_REVIEW: ("review_request", "review"),
}
# Guards that a profile by itself never lets hold, so that their steps are none of its own.
NEEDS: dict[g.Guard, Callable[[Profile], bool]] = {
    g.silence_grants: lambda p: p.silence == "grant",
    g.silence_opens_review: lambda p: p.silence == "review",
    g.sign_is_asked_for: lambda p: "site_sign" in p.blocks,
    g.notices_are_asked_for: lambda p: "open_space_notices" in p.blocks,
    g.is_a_repeat: lambda p: "repeat" in p.blocks,
    g.petition_can_open: lambda p: bool(p.petitions),
    g.petition_is_open: lambda p: bool(p.petitions),
    g.hearing_is_called_for: lambda p: bool(p.hearing_for),
}
ALWAYS = ("ownership_query",)  # a question about an owner is asked whatever the profile


class Fault(NamedTuple):
    """Something in a profile that does not fit the table: the key, by its whole name, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Way:
    """A change of state: from where, to where, by whom; `by_clock` when only a day's passing brings it about."""

    source: State
    target: State
    rows: tuple[Transition, ...]

    @property
    def by_clock(self) -> bool:
        """Whether the portal alone takes it."""
        return all(row.roles == (Role.PORTAL,) for row in self.rows)


def steps_of(profile: Profile) -> tuple[Transition, ...]:
    """The rows of the table that this profile has, each with the roles that take it here."""
    rows = (_under(profile, row) for row in TRANSITIONS)
    return tuple(row for row in rows if row.roles)


def _under(profile: Profile, row: Transition) -> Transition:
    """The row with the roles that take it under the profile; without any where it can never be taken."""
    possible = all(NEEDS[guard](profile) for guard in row.guards if guard in NEEDS)
    here = row.roles_under(profile.who) if possible else set()
    return replace(row, roles=tuple(role for role in row.roles if role in here))


def ways_of(profile: Profile) -> tuple[Way, ...]:
    """Every change from one state to another, in the table's order; one for each pair of states."""
    found: dict[tuple[State, State], list[Transition]] = {}
    for row in steps_of(profile):
        if row.state is not None and row.to is not row.state:
            found.setdefault((row.state, row.to), []).append(row)
    return tuple(Way(a, b, tuple(rows)) for (a, b), rows in found.items())


def reached(profile: Profile) -> set[State]:
    """The states that a case can come to under this profile."""
    found = {row.to for row in steps_of(profile) if row.state is None}
    waiting = set(found)
    while waiting:
        here = waiting.pop()
        further = {way.target for way in ways_of(profile) if way.source is here} - found
        found |= further
        waiting |= further
    return found


def faults(profile: Profile) -> list[Fault]:
    """All that does not fit; none when the profile can be used. Where a case can go is asked of one that fits."""
    checks: tuple[Callable[[Profile], Iterator[Fault]], ...] = (
        _steps,
        _kinds,
        _what_calls,
        _origins,
        _periods,
        _clauses,
    )
    found = [fault for check in checks for fault in check(profile)]
    return found or list(_roads(profile))


def _steps(profile: Profile) -> Iterator[Fault]:
    """Every step is one of the table, and who takes it may take it there."""
    allowed: dict[str, set[str]] = {}
    for row in TRANSITIONS:
        allowed.setdefault(row.action.value, set()).update(role.value for role in row.roles)
    for name, roles in profile.who.items():
        place = f"steps.{name}"
        if name not in allowed:
            yield Fault(place, none_of(name, allowed))
            continue
        for role in roles:
            if role not in set(Role):
                yield Fault(place, none_of(role, Role))
            elif role not in allowed[name]:
                yield Fault(
                    place, f"{role!r} may not take it; {', '.join(sorted(allowed[name]))} may"
                )


def _kinds(profile: Profile) -> Iterator[Fault]:
    for kind in profile.may_ask:
        if kind not in set(GroupKind):
            yield Fault("may_ask", none_of(kind, GroupKind))


def _what_calls(profile: Profile) -> Iterator[Fault]:
    """What a profile calls for has the steps that it needs."""
    here = {row.action for row in steps_of(profile)}
    needs: tuple[tuple[bool, str, Iterable[Action]], ...] = (
        (bool(profile.hearing_for), "hearing_for", HEARINGS),
        (bool(profile.petitions), "petitions", PETITIONS),
        (bool(profile.interest_first), "interest_first", (Action.REGISTER_INTEREST,)),
        (profile.silence == "grant", "silence", (Action.DEFAULT_GRANT,)),
        (profile.silence == "review", "silence", (Action.ASK_REVIEW,)),
        ("repeat" in profile.blocks, "blocks.repeat", (Action.DECLINE_REPEAT,)),
        ("site_sign" in profile.blocks, "blocks.site_sign", (Action.SHOW_SIGN,)),
        (
            "open_space_notices" in profile.blocks,
            "blocks.open_space_notices",
            (Action.RECORD_NOTICE,),
        ),
    )
    for called, place, actions in needs:
        for action in actions:
            if called and action not in here:
                yield Fault(place, f"it needs the step {action.value!r}, which [steps] takes out")
    if "petition" in profile.hearing_for and not profile.petitions:
        yield Fault("hearing_for", "a petition calls a hearing, but there are no [petitions]")


def _origins(profile: Profile) -> Iterator[Fault]:
    """Every period runs from something that happens."""
    known = {*(state.value for state in State), *EVENTS, *profile.periods}
    for name, period in profile.periods.items():
        if period.runs_from not in known:
            yield Fault(f"periods.{name}.from", none_of(period.runs_from, known))


def _periods(profile: Profile) -> Iterator[Fault]:
    """Every clock of a step that is here has its period."""
    rows = steps_of(profile)
    needed = {row.clock.period: f"the step {row.action.value!r}" for row in rows if row.clock}
    for action, names in PERIODS_OF.items():
        if action in {row.action for row in rows}:
            needed |= dict.fromkeys(names, f"the step {action.value!r}")
    needed |= dict.fromkeys(ALWAYS, "a question about an owner")
    for name, whose in needed.items():
        if name not in profile.periods:
            yield Fault(f"periods.{name}", f"it is missing: {whose} answers to it")


def _clauses(profile: Profile) -> Iterator[Fault]:
    """Every step that is here cites a clause that is there."""
    needed = {row.clause: f"the step {row.action.value!r}" for row in steps_of(profile)}
    needed |= {"ownership": "a question about an owner"}
    for name, whose in needed.items():
        if name not in profile.clauses:
            yield Fault(f"clauses.{name}", f"it is missing: {whose} is taken under it")


def _roads(profile: Profile) -> Iterator[Fault]:
    """A case can be granted and refused, and stands nowhere for good unless it is over."""
    there = reached(profile)
    for state in (State.GRANTED, State.REFUSED):
        if state not in there:
            yield Fault("steps", f"no case could ever be {state.value}")
    going = {way.source for way in ways_of(profile)}
    for state in State:
        if state in there and state not in going and state not in OVER:
            yield Fault("steps", f"a case that is {state.value!r} could never go on")
