"""What must be so before a step is taken: named conditions over plain facts. Pure.

`about_input` marks what a form still has to ask for: a button is shown before it is known.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from portal.errors import N_
from portal.people.rules import Role


@dataclass(frozen=True)
class Facts:
    """What the guards may know about a case, the person who acts, and what was typed."""

    today: date
    due: Mapping[str, date] = field(default_factory=dict)  # period -> its last day
    missing: Collection[str] = ()  # answers that the proposal still lacks
    vacant: bool = True  # the register says that the place stands empty
    place_free: bool = True  # no other case holds it
    holder_answered: bool = False
    represented: bool = False  # by the person who acts
    unanswered: int = 0  # representations
    interest: bool = False  # of the person who acts
    declared: bool = False
    scored: bool = False  # by the person who acts
    scores: int = 0  # panel members who have scored
    panel_size: int = 2
    capacity_checked: bool = False
    passed: bool = False
    objection: str = (
        ""  # the ground of the holder's objection, where the test does not decide it by itself
    )
    silence_grants: bool = False
    signed: Collection[Role] = ()
    signs_as: Role | None = None
    # From the form.
    words: str = ""
    upheld: bool = False  # the chair upholds the holder's objection
    ground: str = ""
    grounds: Collection[str] = ()
    evidence: str = ""
    officer: str = ""
    plan_missing: Collection[str] = ()
    whole: bool = False  # every question of a score or a check has its answer and its reason
    signer: str = ""
    shown_hash: str = ""
    text_hash: str = ""
    term: int = 0
    longest_term: int = 0


class Guard(NamedTuple):
    """A condition with its code and the sentence somebody reads when it does not hold."""

    code: str
    sentence: str
    holds: Callable[[Facts], bool]
    about_input: bool = False


place_is_vacant = Guard(
    "not-vacant",
    N_("This place does not stand empty now, so it cannot be claimed."),
    lambda f: f.vacant and f.place_free,
)
# Not the register's status: a holder that fills a place while the clock runs does not stop the clock.
place_is_free = Guard(
    "place-taken",
    N_("Another proposal for this place has been granted."),
    lambda f: f.place_free,
)
place_is_taken = Guard("place-free", N_("The place is still free."), lambda f: not f.place_free)
complete = Guard(
    "incomplete",
    N_("Some answers are still missing. They are listed on the page."),
    lambda f: not f.missing,
    about_input=True,
)
missing_is_named = Guard(
    "nothing-named", N_("Say what is missing."), lambda f: bool(f.words), about_input=True
)
not_represented_yet = Guard(
    "represented", N_("You have already spoken about this proposal."), lambda f: not f.represented
)
no_party = Guard(
    "party",
    N_(
        "You belong to the group or act for the holder: you speak in the proposal and in the answers."
    ),
    lambda f: not f.interest,
)
says_why = Guard(
    "no-words", N_("Say why, in a few words."), lambda f: bool(f.words), about_input=True
)
something_to_answer = Guard(
    "nothing-to-answer", N_("There is nothing left to answer."), lambda f: f.unanswered > 0
)
holder_has_not_answered = Guard(
    "holder-answered", N_("The holder has already answered."), lambda f: not f.holder_answered
)
holder_has_answered = Guard(
    "holder-silent", N_("The holder has not answered yet."), lambda f: f.holder_answered
)
ground_is_listed = Guard(
    "no-ground",
    N_("Choose a ground from the list. There is no other."),
    lambda f: f.ground in f.grounds,
    about_input=True,
)
evidence_is_given = Guard(
    "no-evidence", N_("Give the evidence for it."), lambda f: bool(f.evidence), about_input=True
)
officer_is_named = Guard(
    "no-officer",
    N_("Name the officer who answers for this."),
    lambda f: bool(f.officer),
    about_input=True,
)
alternative_is_a_plan = Guard(
    "no-plan",
    N_(
        "“We may need it” is not a plan: give the use, its name, date, budget line and document, and what it will bring."
    ),
    lambda f: not f.plan_missing,
    about_input=True,
)
no_interest = Guard(
    "interest",
    N_(
        "You belong to this group or this holder, or declared an interest, so you take no part in the test."
    ),
    lambda f: not f.interest and not f.declared,
)
interest_not_declared = Guard(
    "interest-declared", N_("You have already declared an interest."), lambda f: not f.declared
)
not_scored_yet = Guard(
    "scored", N_("You have already scored this test. Scores are final."), lambda f: not f.scored
)
scores_are_whole = Guard(
    "scores-missing",
    N_("Give each criterion its points and a reason."),
    lambda f: f.whole,
    about_input=True,
)
capacity_is_evidenced = Guard(
    "capacity-evidence",
    N_("Answer each point with yes or no, and say what shows it."),
    lambda f: f.whole,
    about_input=True,
)
capacity_is_checked = Guard(
    "capacity-unchecked",
    N_("First it must be checked whether the group can carry its proposal."),
    lambda f: f.capacity_checked,
)
panel_has_scored = Guard(
    "scores-wanting",
    N_("Not enough members of the panel have scored the test yet."),
    lambda f: f.scores >= f.panel_size,
)
test_is_passed = Guard("test-failed", N_("The proposal did not pass the test."), lambda f: f.passed)
objection_is_not_upheld = Guard(
    "objection-upheld", N_("The holder's objection was upheld."), lambda f: not f.upheld
)
refusal_has_cause = Guard(
    "test-passed",
    N_(
        "The proposal passed the test and no objection of the holder stands against it, so it cannot be refused."
    ),
    lambda f: not f.passed or not f.place_free or (f.upheld and bool(f.objection)),
)
silence_grants = Guard(
    "no-resolution",
    N_("There is no council resolution on record that makes silence a grant."),
    lambda f: f.silence_grants,
)
silence_does_not_grant = Guard(
    "resolution", N_("Silence is a grant in this area."), lambda f: not f.silence_grants
)
term_is_allowed = Guard(
    "term-too-long",
    N_(
        "The term must be at least one month and no longer than the longest term for this kind of place."
    ),
    lambda f: 0 < f.term <= f.longest_term,
    about_input=True,
)
nobody_has_signed = Guard(
    "already-signed",
    N_("One side has signed this text, so it cannot change any more."),
    lambda f: not f.signed,
)
this_side_has_not_signed = Guard(
    "side-signed", N_("Your side has already signed."), lambda f: f.signs_as not in f.signed
)
signer_is_named = Guard(
    "no-name", N_("Write your name to sign."), lambda f: bool(f.signer), about_input=True
)
text_is_the_one_shown = Guard(
    "text-changed",
    N_("The text was changed after you opened this page. Read it again before you sign."),
    lambda f: f.shown_hash == f.text_hash,
    about_input=True,
)
both_have_signed = Guard(
    "unsigned",
    N_("Both sides must have signed first."),
    lambda f: {Role.ORGANISER, Role.OFFICER} <= set(f.signed),
)
