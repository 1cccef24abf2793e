"""What happens to hearings because a day has passed. May run late, twice, or on two machines: each is done once."""

from flask import current_app

from portal import clock
from portal.db import transaction
from portal.hearings import letters, queries, rules
from portal.hearings.models import Hearing
from portal.hearings.rules import Stands
from portal.proposals import moves


def tick() -> int:
    """Say that a hearing is off, remind of one, forget who spoke. Returns how many hearings it acted on."""
    done = 0
    for act, numbers in (
        (look_at, queries.unfinished()),
        (forget, queries.over_since(clock.today() - rules.SPEAKERS_LIVE)),
    ):
        for number in numbers:
            try:
                done += act(number)
            except Exception:  # one broken hearing must not hold up the others
                current_app.logger.exception("tick: %s %s", act.__name__, number)
    return done


def look_at(case_id: int) -> int:
    """Cancel or remind of the hearings of a case, under the case's lock. Returns how many."""
    with moves.turn(case_id, None) as turn:
        found = queries.unfinished_of(turn.case)
        return sum(_off(one) or _remind(one) for one in found)


def _off(hearing: Hearing) -> bool:
    if hearing.stands is not Stands.OFF:
        return False
    letters.of_cancelling(hearing)
    hearing.changed_at = clock.now()
    hearing.off_on = clock.today()
    return True


def _remind(hearing: Hearing) -> bool:
    nation = queries.nation_of(hearing.case)
    first = rules.working_days_before(rules.REMIND_WORKING_DAYS, hearing.on, nation)
    if not first <= clock.today() < hearing.on or hearing.reminded_for == hearing.on:
        return False
    letters.of_reminder(hearing)
    hearing.reminded_for = hearing.on
    return True


def forget(hearing_id: int) -> int:
    """Who asked to speak, what they need, and the letters about it go; what was said stands in the minutes."""
    with transaction() as session:
        hearing = session.get(Hearing, hearing_id, with_for_update=True)
        letters.forget_speakers(hearing)
        gone = len(hearing.speakers)
        for speaker in hearing.speakers:
            session.delete(speaker)
        return int(gone > 0)
