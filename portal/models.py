"""All tables, for migrations and tests: importing this file loads every feature's models."""

from portal import runs
from portal.agreements import models as agreements
from portal.areas import models as areas
from portal.audit import models as audit
from portal.db import Model
from portal.hearings import models as hearings
from portal.lettings import models as lettings
from portal.lettings.dates import models as dates
from portal.lettings.finding import models as finding
from portal.lettings.hosting import models as hosting
from portal.lettings.paying import models as paying
from portal.locating import models as locating
from portal.money import models as money
from portal.notices import models as notices
from portal.ownership import models as ownership
from portal.people import models as people
from portal.petitions import models as petitions
from portal.privacy import models as privacy
from portal.proposals import models as proposals
from portal.proposals import models_letters as case_letters
from portal.register import models as register
from portal.rounds import models as rounds
from portal.sightings import models as sightings
from portal.venues import models as venues
from portal.watches import models as watches

__all__ = [
    "Model", "agreements", "areas", "audit", "case_letters", "dates", "finding", "hearings", "hosting", "lettings", "locating", "money", "notices", "ownership",
    "paying", "people", "petitions", "privacy", "proposals", "register", "rounds", "runs", "sightings", "venues", "watches",
]  # fmt: skip
