"""Every state and role that a page shows, in the words a person reads; a state with its tone."""

from flask_babel import lazy_gettext as _l

# open: something can be done · wait: a clock runs · good: agreed or in use · no: refused
STATES = {
    # places
    "vacant": (_l("Vacant"), "open"),
    "under_used": (_l("Often free"), "open"),
    "occupied": (_l("Occupied"), "quiet"),
    "in_use": (_l("In use"), "good"),
    # cases about land and buildings
    "draft": (_l("Being written"), "quiet"),
    "interest": (_l("Interest registered"), "open"),
    "lodged": (_l("Lodged"), "wait"),
    "returned": (_l("Something is missing"), "no"),
    "validated": (_l("Complete"), "wait"),
    "on_notice": (_l("On notice"), "wait"),
    "under_test": (_l("Being tested"), "wait"),
    "hearing": (_l("Public hearing"), "wait"),
    "review": (_l("Being reviewed"), "wait"),
    "granted": (_l("Granted"), "good"),
    "granted_by_default": (_l("Granted by default"), "good"),
    "refused": (_l("Refused"), "no"),
    "escalated": (_l("Overdue, escalated"), "no"),
    "agreement": (_l("Agreement being signed"), "wait"),
    "withdrawn": (_l("Withdrawn"), "quiet"),
    "lapsed": (_l("Lapsed"), "quiet"),
    "ended": (_l("Ended"), "quiet"),
    # rooms
    "requested": (_l("Asked for"), "wait"),
    "offered": (_l("Offered"), "open"),
    "deposit_due": (_l("Deposit due"), "wait"),
    "confirmed": (_l("Confirmed"), "good"),
    "running": (_l("Running"), "good"),
    "declined": (_l("Declined"), "no"),
    "cancelled": (_l("Cancelled"), "no"),
    "planned": (_l("Planned"), "good"),
    "released": (_l("Given up"), "quiet"),
    # rounds
    "open": (_l("Open"), "open"),
    "closed": (_l("Closed"), "wait"),
    "proposed": (_l("Proposed"), "wait"),
    "published": (_l("Published"), "good"),
    "given_up": (_l("Given up"), "quiet"),
    # reports of empty places
    "reported": (_l("Waits for the broker"), "wait"),
    "accepted": (_l("In the register"), "good"),
    "merged": (_l("In the register"), "good"),
    # questions about owners
    "asked": (_l("Asked"), "wait"),
    "sent_on": (_l("Sent on"), "wait"),
    "overdue": (_l("Overdue"), "no"),
    "answered": (_l("Answered"), "good"),
    "not_established": (_l("Could not be established"), "no"),
    "joined": (_l("Joined to another"), "quiet"),
    # deposits, named apart: a case that is "returned" is quite another thing
    "deposit_held": (_l("Deposit held"), "good"),
    "deposit_part_retained": (_l("Part of the deposit kept"), "no"),
    "deposit_returned": (_l("Deposit returned"), "quiet"),
    "deposit_waived": (_l("No deposit asked"), "quiet"),
    "deposit_pledged": (_l("Promised instead of a deposit"), "good"),
    "deposit_released": (_l("Promise over"), "quiet"),
}


ROLES = {
    "resident": _l("Resident"),
    "organiser": _l("Organiser of a group"),
    "broker": _l("Broker"),
    "officer": _l("Officer of a holder"),
    "panel": _l("Panel member"),
    "chair": _l("Chair of hearings"),
    "administrator": _l("Area administrator"),
    "portal": _l("The portal"),
}


def role_words(role: str) -> str:
    """In what role somebody acted, as a person reads it."""
    return str(ROLES.get(role, role))


def state_words(state: str) -> tuple[str, str]:
    """(words, tone) of a state; one without an entry is shown as it is spelt."""
    words, tone = STATES.get(state, (state.replace("_", " ").capitalize(), "quiet"))
    return str(words), tone
