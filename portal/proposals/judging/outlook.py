"""What a decision can be as things stand: the guards of the table in one word, for the page of whoever decides. Pure.

Source: COMPACT, "The community benefit test" and "competing proposals".
"""

from enum import StrEnum
from fractions import Fraction

from portal.proposals.facts import Facts


class Outlook(StrEnum):
    """Where the decision points now."""

    FAILED = "failed"  # the test is not passed: a refusal
    TAKEN = "taken"  # another proposal has the place: a refusal
    BEATEN = "beaten"  # another proposal would bring more: a refusal
    OBJECTION = "objection"  # passed, and the holder's objection is the chair's to weigh
    BLOCKED = "blocked"  # passed, and something stands against a grant for now: wait
    GRANT = "grant"


OUTLOOKS = (
    (lambda f: not f.passed, Outlook.FAILED),
    (lambda f: not f.place_free, Outlook.TAKEN),
    (lambda f: f.beaten, Outlook.BEATEN),
    (lambda f: bool(f.objection), Outlook.OBJECTION),
    (lambda f: bool(f.blocked), Outlook.BLOCKED),
)


def outlook(facts: Facts) -> Outlook:
    """The first that holds; a grant where nothing speaks against it."""
    return next((found for holds, found in OUTLOOKS if holds(facts)), Outlook.GRANT)


def goes_before(theirs: Fraction, ours: Fraction, *, they_were_first: bool) -> bool:
    """Whether a rival with the total `theirs` goes before one with `ours`: it brings more, or as much and came first."""
    return theirs > ours or (theirs == ours and they_were_first)
