"""The life of a question about who owns a place, in one table; how it is counted; what is never published.

Source: COMPACT.md, "ownership query", Track 1. Sentences are English source text; whoever shows them translates them.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from portal.areas.calendar import Counted, is_working_day
from portal.areas.profile import Profile
from portal.areas.rules import Nation, postcode_key
from portal.errors import N_, BadInput, Forbidden, RuleBroken
from portal.people.rules import Role


class QuestionState(StrEnum):
    """How a question stands."""

    ASKED = "asked"
    SENT_ON = "sent_on"  # a body has been asked and has not answered yet
    OVERDUE = "overdue"
    ANSWERED = "answered"
    NOT_ESTABLISHED = "not_established"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"  # another question goes on for both


class Action(StrEnum):
    """What can be done with a question."""

    ASK = "ask"
    FOLLOW = "follow"
    NOTE = "note"
    SEND_ON = "send_on"
    CHASE = "chase"
    MARK_OVERDUE = "mark_overdue"
    ANSWER = "answer"
    CORRECT = "correct"
    NOT_ESTABLISHED = "not_established"
    WITHDRAW = "withdraw"
    SET_ASIDE = "set_aside"
    JOIN = "join"
    HIDE_WORDS = "hide_words"
    SHOW_WORDS = "show_words"


class AskedThrough(StrEnum):
    """What led to the question."""

    QUESTION = "question"
    SIGHTING = "sighting"


class OwnerKind(StrEnum):
    """What sort of owner was found. A private person is never named."""

    HOLDER = "holder"  # one of the register's
    BODY = "body"
    PRIVATE = "private"


OPEN = frozenset({QuestionState.ASKED, QuestionState.SENT_ON, QuestionState.OVERDUE})
# An answer may still come, so somebody can ask to be told of it.
WAITING = OPEN | {QuestionState.NOT_ESTABLISHED}
# What the list shows as the same question; one that was joined or withdrawn says nothing of its own.
TELLING = WAITING | {QuestionState.ANSWERED}
# What counts as something tried.
TRIED = frozenset({Action.NOTE, Action.SEND_ON, Action.CHASE})
LEAST_TRIED = 2


class Asker(NamedTuple):
    """Who wants the answer. An account's address is known to be theirs; another is confirmed by a letter first."""

    email: str | None = None
    name: str | None = None
    user_id: int | None = None
    group_id: int | None = None  # asked for this group, which is named if it is public


@dataclass(frozen=True)
class Facts:
    """What a guard may ask about a question now."""

    is_asker: bool = False
    others_wait: bool = False
    over: bool = False  # its last day has gone by
    sent_on: bool = False
    tried: int = 0
    hidden: bool = False
    # What a form brings.
    said: bool = False  # the words that the action needs
    owner: bool = False
    evidence: bool = False
    goes_to: QuestionState | None = None  # the state of the question to join


class Guard(NamedTuple):
    """A condition, and the refusal when it does not hold; `about_input` waits for the form."""

    holds: Callable[[Facts], bool]
    code: str
    sentence: str
    about_input: bool = False


IS_ASKER = Guard(
    lambda f: f.is_asker, "not-asker", N_("Only the person who asked can withdraw the question.")
)
NOBODY_ELSE_WAITS = Guard(
    lambda f: not f.others_wait,
    "others-wait",
    N_("Other people wait for the answer too, so the question stays. You can stop the letters to you."),
)  # fmt: skip
IS_OVER = Guard(lambda f: f.over, "not-over", N_("The last day has not gone by yet."))
WAS_SENT_ON = Guard(
    lambda f: f.sent_on, "nobody-asked", N_("It has not been sent on to anybody yet.")
)
ENOUGH_TRIED = Guard(
    lambda f: f.tried >= LEAST_TRIED,
    "too-little-tried",
    N_("Say at least two things that were tried. Everybody can read them."),
    about_input=True,
)
SAYS_SO = Guard(
    lambda f: f.said,
    "nothing-said",
    N_("Write a few words. They stay with the question."),
    about_input=True,
)
OWNER_NAMED = Guard(
    lambda f: f.owner, "no-owner", N_("Say who owns it."), about_input=True
)  # fmt: skip
EVIDENCE_GIVEN = Guard(
    lambda f: f.evidence,
    "no-evidence",
    N_("Say what shows it: a title number, or a document and who said so."),
    about_input=True,
)
OTHER_GOES_ON = Guard(
    lambda f: f.goes_to in TELLING,
    "no-such-question",
    N_("There is no such question to join, or it was withdrawn or joined to another itself."),
    about_input=True,
)
IS_SHOWN = Guard(lambda f: not f.hidden, "hidden", N_("The words are hidden already."))
IS_HIDDEN = Guard(lambda f: f.hidden, "shown", N_("The words can be read already."))

ANYBODY = frozenset({Role.RESIDENT})
ASKERS = frozenset({Role.RESIDENT, Role.PORTAL})
BROKER = frozenset({Role.BROKER})
PORTAL = frozenset({Role.PORTAL})


class Step(NamedTuple):
    """One row of the table: in `state`, `action` by one of `roles` leads to `to` if all guards hold."""

    state: QuestionState | None
    action: Action
    roles: frozenset[Role]
    to: QuestionState
    sentence: str  # how the history tells it
    guards: tuple[Guard, ...] = ()


_S, _A = QuestionState, Action


def _in(states: Iterable[QuestionState], row: Step) -> tuple[Step, ...]:
    """The same row in several states; one that stays, stays in each. In the order in which states are written above."""
    ordered = (state for state in QuestionState if state in set(states))
    stays = row.to is row.state
    return tuple(row._replace(state=s, to=s if stays else row.to) for s in ordered)


# fmt: off
TABLE: tuple[Step, ...] = (
    Step(None, _A.ASK, ASKERS, _S.ASKED, N_("The question was asked."), (SAYS_SO,)),
    *_in(WAITING, Step(_S.ASKED, _A.FOLLOW, ASKERS, _S.ASKED, N_("Somebody else asked to be told the answer."))),
    *_in(OPEN, Step(_S.ASKED, _A.NOTE, BROKER, _S.ASKED, N_("The broker looked further."), (SAYS_SO,))),
    Step(_S.ASKED, _A.SEND_ON, BROKER, _S.SENT_ON, N_("The broker sent the question on."), (SAYS_SO,)),
    Step(_S.SENT_ON, _A.SEND_ON, BROKER, _S.SENT_ON, N_("The broker sent the question on."), (SAYS_SO,)),
    Step(_S.OVERDUE, _A.SEND_ON, BROKER, _S.OVERDUE, N_("The broker sent the question on."), (SAYS_SO,)),
    *_in((_S.SENT_ON, _S.OVERDUE),
         Step(_S.SENT_ON, _A.CHASE, BROKER, _S.SENT_ON, N_("The broker asked again."), (WAS_SENT_ON,))),
    *_in((_S.ASKED, _S.SENT_ON),
         Step(_S.ASKED, _A.MARK_OVERDUE, PORTAL, _S.OVERDUE, N_("The last day to answer has gone by. The question is overdue."), (IS_OVER,))),
    *_in(OPEN, Step(_S.ASKED, _A.ANSWER, BROKER, _S.ANSWERED, N_("The broker answered."), (OWNER_NAMED, EVIDENCE_GIVEN))),
    Step(_S.NOT_ESTABLISHED, _A.ANSWER, BROKER, _S.ANSWERED, N_("The broker found the owner after all."), (OWNER_NAMED, EVIDENCE_GIVEN)),
    Step(_S.ANSWERED, _A.CORRECT, BROKER, _S.ANSWERED, N_("The broker corrected the answer."), (OWNER_NAMED, EVIDENCE_GIVEN)),
    *_in(OPEN, Step(_S.ASKED, _A.NOT_ESTABLISHED, BROKER, _S.NOT_ESTABLISHED, N_("The broker could not establish who owns it."), (ENOUGH_TRIED,))),
    *_in(OPEN, Step(_S.ASKED, _A.JOIN, BROKER, _S.JOINED, N_("The broker joined the question to another about the same place."), (OTHER_GOES_ON,))),
    *_in(OPEN, Step(_S.ASKED, _A.WITHDRAW, ANYBODY, _S.WITHDRAWN, N_("The person who asked withdrew the question."), (IS_ASKER, NOBODY_ELSE_WAITS))),
    *_in(OPEN, Step(_S.ASKED, _A.SET_ASIDE, BROKER, _S.WITHDRAWN, N_("The broker set the question aside."), (SAYS_SO,))),
    *_in(QuestionState, Step(_S.ASKED, _A.HIDE_WORDS, BROKER, _S.ASKED, N_("The broker hid the words of the question."), (IS_SHOWN, SAYS_SO))),
    *_in(QuestionState, Step(_S.ASKED, _A.SHOW_WORDS, BROKER, _S.ASKED, N_("The broker shows the words of the question again."), (IS_HIDDEN,))),
)
# fmt: on


def step_for(
    state: QuestionState | None, action: Action, roles: Iterable[Role], facts: Facts = Facts()
) -> Step:
    """The row that allows an action. Raises Forbidden("not-yours"), RuleBroken("not-now") or a guard's refusal."""
    roles = frozenset(roles)
    if not any(row.action is action and row.roles & roles for row in TABLE):
        raise Forbidden("not-yours", "This is for somebody in another role to do.")
    row = _row(state, action)
    if row is None:
        raise RuleBroken(
            "not-now",
            "That cannot be done now. Look at the question again: it has moved on since you opened the page.",
        )
    for guard in row.guards:
        if not guard.holds(facts):
            raise RuleBroken(guard.code, guard.sentence)
    return row


def open_to(state: QuestionState, roles: Iterable[Role], facts: Facts) -> list[Action]:
    """What somebody in these roles can do now, in the table's order, as far as it is known before a form is filled in."""
    roles = frozenset(roles)
    return [
        row.action
        for row in TABLE
        if row.state is state
        and row.roles & roles
        and all(guard.about_input or guard.holds(facts) for guard in row.guards)
    ]


def _row(state: QuestionState | None, action: Action) -> Step | None:
    """The one row of a cell."""
    return next((row for row in TABLE if row.state is state and row.action is action), None)


def told(before: QuestionState | None, action: Action) -> str:
    """How the history tells a step."""
    row = _row(before, action)
    return row.sentence if row else action.value.replace("_", " ").capitalize()


# ---- days

PERIOD = "ownership_query"
CLAUSE = "ownership"


def due_of(asked_on: date, profile: Profile, nation: Nation) -> Counted:
    """The last day to answer, and how it was counted. Source: COMPACT, "ownership query"; the profile's period."""
    period = profile.periods.get(PERIOD)
    if period is None:
        raise BadInput(
            "wrong-profile",
            "The policy profile %(name)s does not say how long a question about an owner may take.",
            name=profile.name,
        )
    return period.counted(asked_on, nation)


def working_days(after: date, until: date, nation: Nation) -> int:
    """How many working days lie after `after` up to and with `until`; 0 when there is none."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(is_working_day(day, nation) for day in days)


def middle(numbers: list[int], share: float = 0.5) -> float | None:
    """The value that this share of the numbers does not exceed: the median, or 0.9 for the 90th percentile."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    if share == 0.5 and len(ordered) % 2 == 0:  # noqa: PLR2004 - a half
        half = len(ordered) // 2
        return (ordered[half - 1] + ordered[half]) / 2
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


# ---- what is the same question

SAME_METRES = 50.0
INNER_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE)


def postcode_in(text: str) -> str | None:
    """The whole postcode that stands somewhere in an address, as the table spells it.

    >>> postcode_in("12 Ayres Road, m16 7gp")
    'M167GP'
    """
    found = INNER_POSTCODE.findall(text)
    return postcode_key(found[-1]) if found else None


def address_key(text: str) -> str | None:
    """Postcode and street of a typed address without its house number; None where it has not both.

    >>> address_key("12a Ayres Road, M16 7GP") == address_key("14 ayres road m167gp")
    True
    """
    postcode = postcode_in(text)
    rest = INNER_POSTCODE.sub(" ", text).casefold()
    words = [word for word in re.findall(r"[^\W_]+", rest) if not re.fullmatch(r"\d+[a-z]?", word)]
    return f"{postcode} {' '.join(words)}"[:200] if postcode and words else None
