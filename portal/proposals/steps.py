"""The words of a claim's life: tracks, states, actions, and what one row of its table says. Pure.

Source: COMPACT, "Track 1 and 2: a proposal's life".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from portal.errors import RuleBroken
from portal.people.rules import Role
from portal.proposals.facts import Facts
from portal.proposals.guards import Guard


class Track(StrEnum):
    """What is claimed; rooms have a wing of their own."""

    LAND = "land"
    BUILDING = "building"


class State(StrEnum):
    """Where a case stands. Stored once, with its history."""

    DRAFT = "draft"
    INTEREST = "interest"
    LODGED = "lodged"
    RETURNED = "returned"
    VALIDATED = "validated"
    ON_NOTICE = "on_notice"
    UNDER_TEST = "under_test"
    HEARING = "hearing"
    GRANTED = "granted"
    GRANTED_BY_DEFAULT = "granted_by_default"
    REFUSED = "refused"
    REVIEW = "review"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    AGREEMENT = "agreement"
    IN_USE = "in_use"
    ENDED = "ended"


class Action(StrEnum):
    """What somebody, or the clock, does to a case."""

    START = "start"
    REGISTER_INTEREST = "register_interest"
    SHOW_SIGN = "show_sign"
    LODGE = "lodge"
    RETURN_INCOMPLETE = "return_incomplete"
    DECLINE_REPEAT = "decline_repeat"
    VALIDATE = "validate"
    PUBLISH = "publish"
    REPRESENT = "represent"
    MODERATE = "moderate"
    ANSWER = "answer"
    OPEN_PETITION = "open_petition"
    SIGN_PETITION = "sign_petition"
    COUNT_PAPER = "count_paper"
    RECORD_NOTICE = "record_notice"
    AGREE = "agree"
    OBJECT = "object"
    NAME_ALTERNATIVE = "name_alternative"
    ASK_MORE_TIME = "ask_more_time"
    GIVE_MORE_TIME = "give_more_time"
    REFUSE_MORE_TIME = "refuse_more_time"
    OPEN_HEARING = "open_hearing"
    OPEN_TEST = "open_test"
    DECLARE_INTEREST = "declare_interest"
    SCORE = "score"
    CHECK_CAPACITY = "check_capacity"
    SUM_UP = "sum_up"
    SET_HEARING = "set_hearing"
    RECORD_HEARING = "record_hearing"
    ADD_TO_MINUTES = "add_to_minutes"
    DECIDE = "decide"
    DEFAULT_GRANT = "default_grant"
    ESCALATE = "escalate"
    LAPSE = "lapse"
    ASK_REVIEW = "ask_review"
    WITHDRAW = "withdraw"
    DRAFT_AGREEMENT = "draft_agreement"
    CHANGE_TERMS = "change_terms"
    ACCEPT_TERMS = "accept_terms"
    CONTRACT_OUT = "contract_out"
    TAKE_DEPOSIT = "take_deposit"
    WAIVE_DEPOSIT = "waive_deposit"
    SIGN = "sign"
    HAND_OVER = "hand_over"
    GO_ON = "go_on"
    GIVE_NOTICE = "give_notice"
    RENEW = "renew"
    KEEP_ON = "keep_on"
    END = "end"
    CLAIM_DEPOSIT = "claim_deposit"
    ANSWER_CLAIM = "answer_claim"
    SETTLE_DEPOSIT = "settle_deposit"


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

    def roles_under(self, who: Mapping[str, Collection[str]]) -> set[Role]:
        """Who takes this step under a profile that names its own people for it; of the table's roles, never more."""
        return {role for role in self.roles if role in who.get(self.action, self.roles)}

    def broken(self, facts: Facts, *, input_too: bool = True) -> RuleBroken | None:
        """Why this row cannot be taken now, or None. `input_too=False` leaves out what a form still asks for."""
        if refusal := _clock_refuses(self.clock, facts):
            return refusal
        for guard in self.guards:
            if (input_too or not guard.about_input) and not guard.holds(facts):
                return RuleBroken(guard.code, guard.sentence, **guard.values(facts))
        return None


def within(states: Iterable[State], row: Transition) -> tuple[Transition, ...]:
    """The same row in several states; one that stays, stays in each."""
    return tuple(
        replace(row, state=state, to=state if row.to is row.state else row.to) for state in states
    )


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
