"""What the clock does about sign-ins: forget what can no longer be used."""

from portal.people import links, sessions


def tick() -> int:
    """Delete old links and the sign-ins that are over; returns how many."""
    return links.forget_old() + sessions.forget_old()
