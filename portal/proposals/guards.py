"""What must be so before a step is taken: named conditions over plain facts. Pure.

`about_input` marks what a form still has to ask for: a button is shown before it is known.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from portal.errors import N_
from portal.proposals.facts import Facts


class Guard(NamedTuple):
    """A condition with its code and the sentence somebody reads when it does not hold."""

    code: str
    sentence: str
    holds: Callable[[Facts], bool]
    about_input: bool = False
    values: Callable[[Facts], Mapping[str, object]] = (
        lambda _facts: {}
    )  # what the sentence asks for


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
ground_is_borne_out = Guard(
    "ground-not-shown",
    N_(
        "The result of the test does not show this ground, and the holder did not object on it. Choose one of those that the page offers."
    ),
    lambda f: f.ground not in f.not_borne_out,
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
    lambda f: not f.passed or f.beaten or not f.place_free or (f.upheld and bool(f.objection)),
)
silence_grants = Guard(
    "no-resolution",
    N_("There is no council resolution on record that makes silence a grant."),
    lambda f: f.silence == "grant",
)
silence_does_not_grant = Guard(
    "resolution",
    N_("Silence is a grant in this area."),
    lambda f: f.silence != "grant" or bool(f.blocked),
)
silence_opens_review = Guard(
    "no-review-yet",
    N_("The chair can still decide this case. A review comes after a decision."),
    lambda f: f.silence == "review",
)

# ---- before and beside the proposal
group_may_ask = Guard(
    "kind-of-group",
    N_("Here only certain kinds of group may ask for this. The page about the rules says which."),
    lambda f: f.may_ask,
)
intention_is_told = Guard(
    "no-title",
    N_("First write what the proposal is called and what you want to do, so that people know."),
    lambda f: not {"title", "use"} & set(f.missing),
)
interest_comes_first = Guard(
    "interest-first",
    N_(
        "First register your interest, so that neighbours hear of it before you hand the proposal in."
    ),
    lambda f: f.declared_interest or not f.needs_interest,
)
term_fits = Guard(
    "term-too-long",
    N_("The longest term for this kind of place is %(most)s months. Ask for that or less."),
    lambda f: not f.longest_term or f.term <= f.longest_term,
    about_input=True,
    values=lambda f: {"most": f.longest_term},
)
is_a_repeat = Guard(
    "no-repeat", N_("Nothing like this was refused here not long ago."), lambda f: f.repeat
)
repeat_has_a_reason = Guard(
    "repeat",
    N_(
        "The same use of this place was refused not long ago. Say why it is taken on all the same, or decline it."
    ),
    lambda f: not f.repeat or bool(f.words),
    about_input=True,
)
sign_is_asked_for = Guard(
    "no-sign", N_("No sign is asked for in this case."), lambda f: f.needs_sign
)
notices_are_asked_for = Guard(
    "no-notices", N_("The rules of this area ask for no such notice."), lambda f: f.needs_notices
)
paper_is_there = Guard(
    "no-paper", N_("Add the photo or the scan."), lambda f: f.paper, about_input=True
)
not_too_early = Guard(
    "too-early",
    N_("That day is too early. The first day that can be is %(first)s."),
    lambda f: f.earliest is None or (f.day is not None and f.day >= f.earliest),
    about_input=True,
    values=lambda f: {"first": f.earliest},
)
not_too_late = Guard(
    "too-late",
    N_("That day is too late. The last day that can be is %(last)s."),
    lambda f: f.latest is None or (f.day is not None and f.day <= f.latest),
    about_input=True,
    values=lambda f: {"last": f.latest},
)
something_was_said = Guard(
    "nothing-said", N_("Nobody has said anything yet."), lambda f: f.voices > 0
)
petition_can_open = Guard(
    "petition",
    N_("There is a petition already, or none is foreseen here."),
    lambda f: f.may_petition,
)
petition_is_open = Guard(
    "petition-closed", N_("The petition is not open."), lambda f: f.petition_open
)
# ---- more time
nobody_waits_for_time = Guard(
    "asked-for-time",
    N_("Somebody has asked for more time already, and waits for the answer."),
    lambda f: f.asked_for_time_as is None,
)
the_other_side_asked = Guard(
    "no-time-asked",
    N_("The other side has not asked for more time."),
    lambda f: f.asked_for_time_as is not None and f.asked_for_time_as is not f.acts_as,
)
# ---- the hearing
hearing_is_called_for = Guard(
    "no-hearing", N_("Nothing calls for a hearing."), lambda f: bool(f.hearing_called_by)
)
hearing_is_not_open = Guard(
    "hearing-open", N_("The hearing has been opened already."), lambda f: not f.hearing_opened
)
hearing_is_open = Guard(
    "no-hearing", N_("No hearing is due in this case."), lambda f: f.hearing_opened
)
hearing_is_set = Guard("hearing-unset", N_("The hearing has no day yet."), lambda f: f.hearing_set)
hearing_day_has_come = Guard(
    "hearing-ahead", N_("The day of the hearing has not come yet."), lambda f: f.hearing_day_over
)
not_heard_yet = Guard(
    "heard", N_("The hearing has been held, and its minutes are on record."), lambda f: not f.heard
)
minutes_are_there = Guard(
    "no-minutes", N_("No minutes of a hearing are on record."), lambda f: f.heard
)
everybody_was_heard = Guard(
    "unheard",
    N_("First the public hearing has to be held and its minutes recorded."),
    lambda f: f.heard or not f.hearing_opened,
)
# ---- the test and the review
on_this_panel = Guard(
    "first-panel",
    N_("You judged this case the first time. The review is for others."),
    lambda f: not (f.reviewed and f.judged_before),
)
rivals_are_tested = Guard(
    "rivals",
    N_(
        "Another proposal for this place is to be tested together with this one, and has not been scored yet."
    ),
    lambda f: f.rivals_untested == 0,
)
no_rival_is_better = Guard(
    "rival-better",
    N_("Another proposal for this place would bring more."),
    lambda f: not f.beaten,
)
nothing_blocks = Guard(
    "blocked",
    N_("Something stands against a grant for now; the case's page says what."),
    lambda f: not f.blocked,
)
# Before the form is filled in, an objection may yet be upheld.
a_block_leaves_a_choice = Guard(
    "blocked",
    nothing_blocks.sentence,
    lambda f: not (f.blocked and f.passed and f.place_free) or f.beaten or bool(f.objection),
)
a_block_is_no_cause = Guard(
    "blocked",
    nothing_blocks.sentence,
    lambda f: not (f.blocked and f.passed and f.place_free) or f.beaten or f.upheld,
    about_input=True,
)
own_scores_are_given = Guard(
    "score-first",
    N_("You are a member of the panel: give your own scores before you see what the others gave."),
    lambda f: not f.must_score,
)
not_reviewed_yet = Guard(
    "reviewed", N_("This case has been reviewed already."), lambda f: not f.reviewed
)
