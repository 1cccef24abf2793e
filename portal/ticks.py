"""What waits for a day or an hour, in every room of the house: all of it in one area, in this order, each thing once."""

from collections.abc import Callable

from portal.agreements.tick import tick as agreements
from portal.areas.queries import current_area
from portal.away import trouble_of
from portal.db import db
from portal.hearings.tick import tick as hearings
from portal.letters.tick import tick as reminders
from portal.lettings.dates.tick import tick as dates
from portal.lettings.finding.saving import tick as needs
from portal.lettings.hosting.tick import tick as hosting
from portal.lettings.paying.tick import tick as paying
from portal.lettings.service import tick as lettings
from portal.money.tick import tick as money
from portal.ownership.service import tick as ownership
from portal.people.tick import tick as sign_ins
from portal.petitions.tick import tick as petitions
from portal.privacy.retention import tick as privacy
from portal.proposals.tick import tick as proposals
from portal.register.tick import tick as register
from portal.rounds.service import tick as rounds
from portal.sightings.tick import tick as sightings
from portal.watches.service import tick as watches

# What is counted, and what is done for it.
TICKS: dict[str, tuple[Callable[[], int], ...]] = {
    "cases": (lambda: len(proposals()),),
    "petitions": (petitions,),
    "hearings": (hearings,),
    "agreements": (agreements,),
    "reminders": (reminders,),
    "lets": (lettings,),
    "dates": (dates,),
    "rounds": (rounds,),
    "payments": (paying, money),
    "needs": (needs,),
    "hosting": (hosting,),
    "watches": (watches,),
    "questions": (ownership,),
    "sign-ins": (sign_ins,),
    "forgotten": (sightings, privacy),
    "changes": (lambda: register(current_area().id),),
}


def tick() -> dict[str, int]:
    """Take every step that is due in the area that is served now. May run late, twice, or on two machines.

    A step that fails holds up no later one: what failed is raised together at the end. Where the database itself is in
    trouble nothing more is tried.
    """
    done, failed = dict.fromkeys(TICKS, 0), []
    for what, take in ((what, take) for what, steps in TICKS.items() for take in steps):
        try:
            done[what] += take()
        except Exception as error:
            if trouble_of(error):
                raise
            db.session.rollback()
            error.add_note(f"in this step of the clock: {what}")
            failed.append(error)
    if failed:
        raise ExceptionGroup("some steps of the clock failed", failed)
    return done
