"""The worked examples of the source document, played day by day through the services, on a moving clock.

A throw-away database is given; a walk makes its own small area in it, moves the clock to every day from the first
on, lets the night's ticks run, and lets people do what the script says for that day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from portal import clock
from portal.agreements.tick import tick as agreements_tick
from portal.areas.calendar import working_day
from portal.areas.profile import in_force
from portal.hearings.tick import tick as hearings_tick
from portal.petitions.tick import tick as petitions_tick
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.proposals.tick import tick
from portal.walks import scripts
from portal.walks.cast import Cast, make
from portal.walks.stories import BUILDING, LAND, Story

NIGHT, MORNING = time(0, 5), time(10, 0)
TICKS = (tick, petitions_tick, hearings_tick, agreements_tick)
# Nobody decides, nobody hands over: long after the last day of any case.
LONGEST = timedelta(days=1200)
UNHEARD = (State.GRANTED_BY_DEFAULT, State.ESCALATED)


def walk_land(  # noqa: PLR0913 - one switch for each turn that the example can take
    first_day: date,
    *,
    silent: bool = False,
    resolution: bool = True,
    competing: bool = False,
    refused: bool = False,
    review: bool = False,
    profile: str = "pilot_compact",
) -> dict:
    """A gardening group claims a vacant plot: granted, met with silence, beside a rival, or refused and reviewed."""
    script, ends = scripts.OPENING + scripts.GRANTED, (State.IN_USE,)
    if silent:
        script, ends = scripts.OPENING, UNHEARD
    elif competing:
        script, ends = scripts.OPENING + scripts.COMPETING, (State.REFUSED,)
    elif refused:
        script, ends = scripts.OPENING + scripts.REFUSED, (State.REFUSED,)
    if review and silent:
        script, ends = script + scripts.REVIEW_OF_SILENCE, (State.GRANTED,)
    elif review:
        script, ends = script + scripts.REVIEW, (State.GRANTED,)
    with _day(first_day, MORNING):
        cast = make(LAND, first_day, resolution=resolution, profile=profile)
    return _walk(cast, LAND, first_day, _shifted(script, profile, first_day), ends)


def walk_building(
    first_day: date, *, silent: bool = False, resolution: bool = True, **_other: object
) -> dict:
    """A group claims an empty building: petition, hearing, a grant by default, a lease, and the return.

    `silent`, or without a resolution, it ends with what silence means.
    """
    ends = UNHEARD if silent or not resolution else (State.ENDED,)
    with _day(first_day, MORNING):
        cast = make(BUILDING, first_day, resolution=resolution)
    return _walk(cast, BUILDING, first_day, scripts.BUILDING, ends)


def _shifted(script: scripts.Script, profile: str, first_day: date) -> scripts.Script:
    """The script under rules that give more time to speak and answer: what follows comes so much later."""
    periods = in_force(profile, first_day).periods
    heard = periods["representations"].number + periods["answers"].number
    late = max(0, heard - scripts.TEST_AFTER)
    return tuple(
        (number + late if number >= scripts.TEST_AFTER else number, deed) for number, deed in script
    )


def _walk(
    cast: Cast, story: Story, first_day: date, script: scripts.Script, ends: tuple[State, ...]
) -> dict:
    todo: dict[date, list[scripts.d.Deed]] = {}
    for number, deed in script:
        on = working_day(number, first_day, cast.nation).due if number else first_day
        todo.setdefault(on, []).append(deed)
    day = first_day
    while day <= first_day + LONGEST and not (_over(cast, ends) and day > max(todo)):
        if not _quiet(cast) or day.weekday() == 0:
            with _day(day, NIGHT):
                for one in TICKS:
                    one()
        with _day(day, MORNING):
            for deed in todo.get(day, ()):
                deed(cast, story)
        day += timedelta(days=1)
        if _over(cast, ends) and ends == UNHEARD:
            break
    return _told(cast)


def _quiet(cast: Cast) -> bool:
    """While a place is used nothing is due but reminders: a tick a week does, and years pass quickly."""
    return bool(cast.case_id) and cast.case.state is State.IN_USE


def _over(cast: Cast, ends: tuple[State, ...]) -> bool:
    watched = cast.rival if cast.rival_id else cast.case if cast.case_id else None
    return watched is not None and watched.state in ends


@contextmanager
def _day(on: date, hour: time) -> Iterator[None]:
    with clock.at(datetime.combine(on, hour, clock.LONDON)):
        yield


def _told(cast: Cast) -> dict:
    """The walk as the command line prints it."""
    story = _told_case(cast.case)
    if cast.rival_id:
        story["rivals"] = [_told_case(cast.rival)]
    return story


def _told_case(case: Proposal) -> dict:
    due = case.due
    return {
        "track": case.track.value,
        "profile": case.profile,
        "outcome": (case.decision.outcome if case.decision else case.state).value,
        "state": case.state.value,
        "due": {
            "holder_response": due["holder_response"].isoformat(),
            "representations_close": due["representations"].isoformat(),
            "decision": due["decision"].isoformat(),
        },
        "steps": [
            {
                "on": event.on.isoformat(),
                "state": event.to_state.value,
                "role": event.role.value,
                "action": event.action.value,
                "why": " ".join(part for part in (event.sentence, event.why) if part),
                "clause": event.clause,
            }
            for event in case.events
        ],
    }
