"""The life of a claim on land or a building, as one table.

The service, the permission check, the page's timeline, the tests and the docs' drawing all read TRANSITIONS.
A row says: in this state, this action, by these roles, leads to that state, if the guards hold and the clock
allows, under this clause. Source: COMPACT, "Track 1 and 2: a proposal's life".
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from portal.errors import N_, Forbidden, RuleBroken
from portal.people.rules import Role
from portal.proposals import guards as g
from portal.proposals.guards import Facts, Guard


class Track(StrEnum):
    """What is claimed; rooms have a wing of their own."""

    LAND = "land"
    BUILDING = "building"


class State(StrEnum):
    """Where a case stands. Stored once, with its history."""

    DRAFT = "draft"
    LODGED = "lodged"
    RETURNED = "returned"
    VALIDATED = "validated"
    ON_NOTICE = "on_notice"
    UNDER_TEST = "under_test"
    GRANTED = "granted"
    GRANTED_BY_DEFAULT = "granted_by_default"
    REFUSED = "refused"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    AGREEMENT = "agreement"
    IN_USE = "in_use"
    ENDED = "ended"


class Action(StrEnum):
    """What somebody, or the clock, does to a case."""

    START = "start"
    LODGE = "lodge"
    RETURN_INCOMPLETE = "return_incomplete"
    VALIDATE = "validate"
    PUBLISH = "publish"
    REPRESENT = "represent"
    ANSWER = "answer"
    AGREE = "agree"
    OBJECT = "object"
    NAME_ALTERNATIVE = "name_alternative"
    OPEN_TEST = "open_test"
    DECLARE_INTEREST = "declare_interest"
    SCORE = "score"
    CHECK_CAPACITY = "check_capacity"
    DECIDE = "decide"
    DEFAULT_GRANT = "default_grant"
    ESCALATE = "escalate"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    DRAFT_AGREEMENT = "draft_agreement"
    SIGN = "sign"
    HAND_OVER = "hand_over"
    END = "end"


class Runs(StrEnum):
    """What a period means for an action: should be done by its last day, only until it, or only after it."""

    BY = "by"
    UNTIL = "until"
    AFTER = "after"


class Clock(NamedTuple):
    """The period of the profile that an action answers to."""

    runs: Runs
    period: str


@dataclass(frozen=True)
class Transition:
    """One row of the table. `to` is the state afterwards; `tells` are the roles that get a letter."""

    state: State | None
    action: Action
    roles: tuple[Role, ...]
    to: State
    sentence: str
    clause: str
    guards: tuple[Guard, ...] = ()
    clock: Clock | None = None
    tells: tuple[Role, ...] = ()
    road: bool = (
        False  # on the straight road from draft to the end of use, which the timeline shows
    )

    def broken(self, facts: Facts, *, input_too: bool = True) -> RuleBroken | None:
        """Why this row cannot be taken now, or None. `input_too=False` leaves out what a form still asks for."""
        if refusal := _clock_refuses(self.clock, facts):
            return refusal
        for guard in self.guards:
            if (input_too or not guard.about_input) and not guard.holds(facts):
                return RuleBroken(guard.code, guard.sentence)
        return None


S, A, R = State, Action, Role
ORGANISER, BROKER, OFFICER, PANEL, CHAIR, PORTAL = (
    R.ORGANISER,
    R.BROKER,
    R.OFFICER,
    R.PANEL,
    R.CHAIR,
    R.PORTAL,
)
PARTIES = (ORGANISER, OFFICER)
EVERYBODY = (ORGANISER, OFFICER, BROKER)
UNTIL_ANSWERED = Clock(Runs.UNTIL, "holder_response")
UNTIL_DECIDED = Clock(Runs.UNTIL, "decision")
AFTER_LAST_DAY = Clock(Runs.AFTER, "decision")


def _in(states: Iterable[State], row: Transition) -> tuple[Transition, ...]:
    """The same row in several states; one that stays, stays in each."""
    return tuple(
        replace(row, state=state, to=state if row.to is row.state else row.to) for state in states
    )


# fmt: off
TRANSITIONS: tuple[Transition, ...] = (
    Transition(None, A.START, (ORGANISER,), S.DRAFT, N_("The group began to write its proposal."), "lodging",
               (g.place_is_vacant,)),
    Transition(S.DRAFT, A.LODGE, (ORGANISER,), S.LODGED, N_("The group lodged its proposal."), "lodging",
               (g.place_is_vacant, g.complete), tells=(BROKER, ORGANISER), road=True),
    Transition(S.LODGED, A.RETURN_INCOMPLETE, (BROKER,), S.RETURNED,
               N_("The broker returned the proposal, because something is missing."), "validation",
               (g.missing_is_named,), tells=(ORGANISER,)),
    Transition(S.RETURNED, A.LODGE, (ORGANISER,), S.LODGED, N_("The group lodged its proposal again."), "lodging",
               (g.place_is_vacant, g.complete), tells=(BROKER,)),
    Transition(S.LODGED, A.VALIDATE, (BROKER,), S.VALIDATED,
               N_("The broker found the proposal complete. The clock runs from this day."), "validation",
               (g.place_is_vacant,), Clock(Runs.BY, "validation"), road=True),
    Transition(S.VALIDATED, A.PUBLISH, (PORTAL,), S.ON_NOTICE,
               N_("The proposal was published. Anybody may speak for or against it."), "notice",
               tells=EVERYBODY, road=True),
    Transition(S.ON_NOTICE, A.REPRESENT, (R.RESIDENT,), S.ON_NOTICE,
               N_("Somebody spoke about the proposal."), "notice",
               (g.no_party, g.not_represented_yet, g.says_why), Clock(Runs.UNTIL, "representations")),
    Transition(S.ON_NOTICE, A.ANSWER, (ORGANISER,), S.ON_NOTICE,
               N_("The group answered what was said."), "notice",
               (g.something_to_answer,), Clock(Runs.UNTIL, "answers")),
    Transition(S.ON_NOTICE, A.AGREE, (OFFICER,), S.ON_NOTICE, N_("The holder agreed."), "response",
               (g.holder_has_not_answered,), UNTIL_ANSWERED, (ORGANISER,)),
    Transition(S.ON_NOTICE, A.OBJECT, (OFFICER,), S.ON_NOTICE, N_("The holder objected."), "response",
               (g.holder_has_not_answered, g.ground_is_listed, g.evidence_is_given, g.officer_is_named),
               UNTIL_ANSWERED, (ORGANISER,)),
    Transition(S.ON_NOTICE, A.NAME_ALTERNATIVE, (OFFICER,), S.ON_NOTICE,
               N_("The holder named another use for the place."), "response",
               (g.holder_has_not_answered, g.alternative_is_a_plan), UNTIL_ANSWERED, (ORGANISER,)),
    Transition(S.ON_NOTICE, A.OPEN_TEST, (PORTAL,), S.UNDER_TEST,
               N_("The holder has answered and everybody was heard. The test began."), "test",
               (g.holder_has_answered,), Clock(Runs.AFTER, "answers"), (PANEL, CHAIR, BROKER), road=True),
    Transition(S.ON_NOTICE, A.OPEN_TEST, (PORTAL,), S.UNDER_TEST,
               N_("The holder's time to answer is over. The test began."), "test",
               (), Clock(Runs.AFTER, "holder_response"), (PANEL, CHAIR, BROKER, OFFICER)),
    *_in((S.ON_NOTICE, S.UNDER_TEST, S.ESCALATED),
         Transition(S.ON_NOTICE, A.DECLARE_INTEREST, (PANEL, CHAIR), S.ON_NOTICE,
                    N_("A member of the panel declared an interest and takes no part."), "interests",
                    (g.not_scored_yet, g.interest_not_declared))),
    *_in((S.UNDER_TEST, S.ESCALATED),
         Transition(S.UNDER_TEST, A.SCORE, (PANEL,), S.UNDER_TEST,
                    N_("A member of the panel scored the test."), "test",
                    (g.no_interest, g.not_scored_yet, g.scores_are_whole))),
    *_in((S.UNDER_TEST, S.ESCALATED),
         Transition(S.UNDER_TEST, A.CHECK_CAPACITY, (BROKER, CHAIR), S.UNDER_TEST,
                    N_("It was checked whether the group can carry its proposal."), "capacity",
                    (g.no_interest, g.capacity_is_evidenced))),
    *(Transition(state, A.DECIDE, (CHAIR,), to, sentence, "decision",
                 (g.no_interest, g.capacity_is_checked, g.panel_has_scored, *more), clock,
                 (ORGANISER, OFFICER, BROKER, R.RESIDENT), road=state is S.UNDER_TEST and to is S.GRANTED)
      for state, clock in ((S.UNDER_TEST, UNTIL_DECIDED), (S.ESCALATED, None))
      for to, sentence, more in (
          (S.GRANTED, N_("The use was granted: the proposal passed the test."), (g.test_is_passed, g.place_is_free, g.objection_is_not_upheld)),
          (S.REFUSED, N_("The use was refused."), (g.refusal_has_cause, g.ground_is_listed, g.evidence_is_given)))),
    Transition(S.UNDER_TEST, A.DEFAULT_GRANT, (PORTAL,), S.GRANTED_BY_DEFAULT,
               N_("The last day passed without a decision. The use was granted by default."), "silence",
               (g.place_is_free, g.silence_grants), AFTER_LAST_DAY, (ORGANISER, OFFICER, BROKER, R.RESIDENT)),
    Transition(S.UNDER_TEST, A.LAPSE, (PORTAL,), S.LAPSED,
               N_("The last day passed, and another proposal for the place had been granted."), "one_grant",
               (g.place_is_taken,), AFTER_LAST_DAY, (ORGANISER, BROKER)),
    Transition(S.UNDER_TEST, A.ESCALATE, (PORTAL,), S.ESCALATED,
               N_("The last day passed without a decision. The case is overdue and went to the senior officer."),
               "silence", (g.place_is_free, g.silence_does_not_grant), AFTER_LAST_DAY,
               (ORGANISER, OFFICER, BROKER, CHAIR)),
    *_in((S.DRAFT, S.LODGED, S.RETURNED, S.ON_NOTICE, S.UNDER_TEST, S.ESCALATED),
         Transition(S.DRAFT, A.WITHDRAW, (ORGANISER,), S.WITHDRAWN, N_("The group withdrew its proposal."),
                    "withdrawal", tells=(BROKER,))),
    *_in((S.GRANTED, S.GRANTED_BY_DEFAULT),
         Transition(S.GRANTED, A.DRAFT_AGREEMENT, (BROKER,), S.AGREEMENT,
                    N_("The broker drafted the heads of terms."), "agreement",
                    (g.term_is_allowed,), tells=PARTIES, road=True)),
    Transition(S.AGREEMENT, A.DRAFT_AGREEMENT, (BROKER,), S.AGREEMENT,
               N_("The broker drafted the heads of terms anew."), "agreement",
               (g.nobody_has_signed, g.term_is_allowed), tells=PARTIES),
    Transition(S.AGREEMENT, A.SIGN, PARTIES, S.AGREEMENT, N_("One side signed the agreement."), "agreement",
               (g.this_side_has_not_signed, g.signer_is_named, g.text_is_the_one_shown), tells=EVERYBODY),
    Transition(S.AGREEMENT, A.HAND_OVER, (BROKER, OFFICER), S.IN_USE, N_("The place was handed over."), "use",
               (g.both_have_signed,), tells=PARTIES, road=True),
    Transition(S.IN_USE, A.END, (ORGANISER, BROKER), S.ENDED, N_("The use ended and the place was returned."), "use",
               tells=EVERYBODY, road=True),
)
# fmt: on

# In these states a case holds its place: the database allows one such case for an asset.
HOLDS_THE_PLACE = (S.GRANTED, S.GRANTED_BY_DEFAULT, S.AGREEMENT, S.IN_USE)
OVER = (S.REFUSED, S.WITHDRAWN, S.LAPSED, S.ENDED)
EDITABLE = (S.DRAFT, S.RETURNED)


def rows(state: State | None, action: Action) -> tuple[Transition, ...]:
    """The rows of the table for an action in a state, in the table's order."""
    return tuple(row for row in TRANSITIONS if row.state is state and row.action is action)


def find(
    state: State | None,
    action: Action,
    roles: Iterable[Role],
    facts: Facts,
    *,
    input_too: bool = True,
) -> Transition:
    """The row that is taken: the first whose guards and clock hold (`input_too=False`: as far as a form knows).

    Raises RuleBroken("not-now") when the state does not know the action, Forbidden("not-your-part") when
    none of the roles may take it, and else the last row's refusal.
    """
    known = rows(state, action)
    if not known:
        raise RuleBroken(
            "not-now",
            "This cannot be done now: the case has moved on. Look at the case to see where it stands.",
        )
    mine = [row for row in known if set(row.roles) & set(roles)]
    if not mine:
        raise Forbidden("not-your-part", "In this case that is for somebody else to do.")
    refusals = [row.broken(facts, input_too=input_too) for row in mine]
    for row, refusal in zip(mine, refusals, strict=True):
        if refusal is None:
            return row
    raise refusals[-1]  # type: ignore[misc]  # none of them is None here


def open_to(state: State, roles: Iterable[Role], facts: Facts) -> list[Action]:
    """What somebody with these roles can do now, each action once, as far as it is known before a form is filled in."""
    found = [
        row.action
        for row in TRANSITIONS
        if row.state is state
        and set(row.roles) & set(roles)
        and row.broken(facts, input_too=False) is None
    ]
    return list(dict.fromkeys(found))


def road() -> list[Transition]:
    """The straight road from draft to the end of use, one row for each step."""
    steps, state = [], S.DRAFT
    while row := next((row for row in TRANSITIONS if row.state is state and row.road), None):
        steps.append(row)
        state = row.to
    return steps


def _clock_refuses(clock: Clock | None, facts: Facts) -> RuleBroken | None:
    """The refusal of the clock; a period that has not begun is neither running nor over."""
    if clock is None or clock.runs is Runs.BY:
        return None
    due = facts.due.get(clock.period)
    if clock.runs is Runs.UNTIL and due is not None and facts.today > due:
        return RuleBroken("too-late", "The last day for this was %(day)s. It is over.", day=due)
    if clock.runs is Runs.AFTER and (due is None or facts.today <= due):
        return RuleBroken("too-early", "The time for this has not come yet.")
    return None
