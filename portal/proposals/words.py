"""What pages say about cases: actions, periods, questions, and what happens next. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.proposals.facts import Facts
from portal.proposals.judging.words import JUDGING
from portal.proposals.models import Proposal
from portal.proposals.recourse.words import TIME
from portal.proposals.rules import PARTIES, UNDECIDED, Action, State
from portal.proposals.words_group import GROUP, VARIANTS, ActionWords
from portal.proposals.writing.words import QUESTIONS, USES

__all__ = ["ACTIONS", "QUESTIONS", "USES", "VARIANTS", "ActionWords", "said_of"]

A, S = Action, State

ACTIONS = {**GROUP, **JUDGING, **TIME}
# The actions whose button must be pressed with care.
SERIOUS = {A.WITHDRAW}
# Those that lead a case on, nearest to its end first; what may be done besides stands below them.
FIRST = (
    A.HAND_OVER, A.GO_ON, A.SIGN, A.ACCEPT_TERMS, A.CONTRACT_OUT, A.TAKE_DEPOSIT, A.SETTLE_DEPOSIT, A.ANSWER_CLAIM, A.ASK_REVIEW,
    A.DECIDE, A.SUM_UP, A.SCORE, A.RECORD_HEARING, A.SET_HEARING, A.CHECK_CAPACITY, A.AGREE, A.OBJECT,
    A.NAME_ALTERNATIVE, A.ANSWER, A.REPRESENT, A.SHOW_SIGN, A.VALIDATE, A.REGISTER_INTEREST, A.LODGE,
)  # fmt: skip


def said_of(action: Action, case: Proposal) -> ActionWords:
    """How an action is put in this case."""
    found = (said for known, holds, said in VARIANTS if known is action and holds(case))
    return next(found, ACTIONS[action])


# What whoever did it reads, where the history's words for everybody would sound strange.
DONE = {
    A.REPRESENT: _l("Thank you. Your words are published, without your name."),
    A.DECLARE_INTEREST: _l("Your interest is on record. You take no part in this case."),
    A.SCORE: _l("Thank you. Your scores are kept."),
    A.SIGN: _l("You have signed for your side."),
    A.ACCEPT_TERMS: _l("You have accepted terms for your side."),
}

PERIODS = {
    "validation": _l("The broker's check"),
    "representations": _l("Anybody may speak until the end of"),
    "answers": _l("The group may answer until the end of"),
    "holder_response": _l("The holder answers by the end of"),
    "decision": _l("Decided by the end of"),
    "hearing": _l("The hearing is held by the end of"),
    "review_request": _l("The group may ask for a review until the end of"),
    "review": _l("Reviewed by the end of"),
    "agreement": _l("Signed by the end of"),
}

# The last days that both sides may agree to move, before their day.
EXTENDED = {
    "holder_response": _l("The holder's answer: until"),
    "answers": _l("The group's answers: until"),
    "hearing": _l("The hearing: until"),
    "decision": _l("The decision: until"),
    "review": _l("The review: until"),
}

# The same, once somebody has asked.
MOVED = {
    "holder_response": _l("The holder's answer: until %(until)s instead of %(before)s."),
    "answers": _l("The group's answers: until %(until)s instead of %(before)s."),
    "hearing": _l("The hearing: until %(until)s instead of %(before)s."),
    "decision": _l("The decision: until %(until)s instead of %(before)s."),
    "review": _l("The review: until %(until)s instead of %(before)s."),
}

# What lies ahead is named by what happens, not by an outcome that nobody knows yet.
AHEAD = {S.GRANTED: _l("Decision"), S.AGREEMENT: _l("Agreement")}

NEXT = {
    S.DRAFT: _l(
        "The group writes its proposal and lodges it when it is ready. Nobody else sees it until then."
    ),
    S.INTEREST: _l(
        "Anybody may read that the group intends to ask for this place. It writes its proposal and lodges it when it is ready."
    ),
    S.LODGED: _l("The broker says by %(validation)s whether anything is missing."),
    S.RETURNED: _l(
        "The group adds what is missing and lodges again. The clock does not run meanwhile."
    ),
    S.VALIDATED: _l("The proposal is published today."),
    S.ON_NOTICE: _l("When everybody has been heard, the panel scores the test."),
    S.UNDER_TEST: _l(
        "The panel scores the test and the chair decides by %(decision)s. %(silence)s"
    ),
    S.HEARING: _l(
        "Everybody is heard in public. Then the chair decides by %(decision)s. %(silence)s"
    ),
    S.REVIEW: _l("Another panel looks at it anew and decides by %(review)s. %(silence)s"),
    S.GRANTED: _l("The broker drafts the agreement."),
    S.GRANTED_BY_DEFAULT: _l("The broker drafts the agreement."),
    S.REFUSED: _l(
        "The decision on this page says why. The group can claim another place, and the broker helps to see what would have to change."
    ),
    S.ESCALATED: _l(
        "It should have been decided by %(decision)s. The senior officer has it, and the chair can still decide."
    ),
    S.WITHDRAWN: _l("The case is over. The place can be claimed again."),
    S.LAPSED: _l("The case is over. The last step of its history says why."),
    S.AGREEMENT: _l("Both sides read and sign the agreement. Then the place is handed over."),
    S.IN_USE: _l("The place is in use."),
    S.ENDED: _l("The case is over. The place can be claimed again."),
}


def _both_signed(facts: Facts) -> bool:
    return set(facts.signed) >= set(PARTIES)


# Where more is known than the state says: (state, what is so, what happens next). The first that holds is told.
NEXT_WHERE = (
    (
        S.UNDER_TEST,
        lambda f: f.hearing_opened and not f.heard and "hearing" in f.due,
        _l(
            "A public hearing is held by %(hearing)s, and the panel scores the test. Then the chair decides by %(decision)s. %(silence)s"
        ),
    ),
    (
        S.HEARING,
        lambda f: f.heard,
        _l("Everybody was heard in public. The chair decides by %(decision)s. %(silence)s"),
    ),
    (
        S.HEARING,
        lambda f: f.hearing_on is not None and f.hearing_on > f.today,
        _l(
            "Everybody is heard in public on %(hearing_on)s. Then the chair decides by %(decision)s. %(silence)s"
        ),
    ),
    (
        S.HEARING,
        lambda f: f.hearing_on is not None,
        _l(
            "The hearing was set for %(hearing_on)s, and the chair puts its minutes on record. Then the chair decides by %(decision)s. %(silence)s"
        ),
    ),
    *(
        (
            state,
            lambda f: "agreement" in f.due,
            _l(
                "The broker drafts the agreement, and both sides sign it by %(agreement)s. If the group has not signed by then, the grant lapses."
            ),
        )
        for state in (S.GRANTED, S.GRANTED_BY_DEFAULT)
    ),
    (
        S.AGREEMENT,
        lambda f: f.renewing and _both_signed(f),
        _l("Both sides have signed the renewal. The broker or the officer lets it begin."),
    ),
    (
        S.AGREEMENT,
        lambda f: f.renewing and f.used_until is not None,
        _l(
            "Both sides read and sign the renewal. Until they have, the agreement that is signed goes on, to %(used_until)s."
        ),
    ),
    (
        S.AGREEMENT,
        lambda f: _both_signed(f) and f.deposit_open,
        _l(
            "Both sides have signed. The group gives the deposit to the broker; then the broker or the officer hands the place over."
        ),
    ),
    (
        S.AGREEMENT,
        _both_signed,
        _l("Both sides have signed. The broker or the officer hands the place over."),
    ),
    (
        S.AGREEMENT,
        lambda f: "agreement" in f.due,
        _l(
            "Both sides read the agreement and sign it by %(agreement)s. Then the place is handed over."
        ),
    ),
    (
        S.IN_USE,
        lambda f: f.used_until is not None and f.used_until < f.today,
        _l("The last day of use was %(used_until)s. The broker or the group records the return."),
    ),
    (
        S.IN_USE,
        lambda f: f.used_until is not None,
        _l("The place is in use until the end of %(used_until)s."),
    ),
    *(
        (
            state,
            lambda f: f.deposit_held,
            _l(
                "The deposit is still with the broker. It is paid back, or what is kept is explained."
            ),
        )
        for state in (S.ENDED, S.LAPSED)
    ),
)


def next_of(state: State, facts: Facts) -> object:
    """What happens next in a state, as far as it is known."""
    found = (said for where, holds, said in NEXT_WHERE if where is state and holds(facts))
    return next(found, NEXT[state])


# While a refused group's time for it runs.
MAY_ASK_REVIEW = _l("The group may ask another panel to look at it, until %(day)s.")

# What an undecided last day means, by what conditions.silence_now makes of it.
SILENCE = {
    "grant": _l("If nobody decides by then, it is granted by default."),
    "escalate": _l("If nobody decides by then, it goes to the senior officer."),
    "review": _l(
        "If nobody decides by then, it goes to the senior officer, and the group can ask for a review by another panel."
    ),
}

# While a case is on notice several periods run; each is told while it runs.
RUNNING = {
    "representations": _l("Anybody may speak until %(day)s."),
    "answers": _l("The group may answer what is said until %(day)s."),
    "holder_response": _l("The holder answers by %(day)s."),
}

HOLDER_SAYS = {
    A.AGREE: _l("The holder agrees."),
    A.OBJECT: _l("The holder objects."),
    A.NAME_ALTERNATIVE: _l("The holder names another use."),
}

# The shortest ways into the register of cases: words and states.
PHASES = {
    "interest": (_l("Interest registered"), (S.INTEREST,)),
    "open": (_l("Open now"), UNDECIDED),
    "granted": (_l("Granted"), (S.GRANTED, S.GRANTED_BY_DEFAULT, S.AGREEMENT)),
    "in_use": (_l("In use"), (S.IN_USE,)),
    "refused": (_l("Refused"), (S.REFUSED,)),
    "over": (_l("Over"), (S.WITHDRAWN, S.LAPSED, S.ENDED)),
}

# What an asset's page says while a case holds the place.
HELD = {
    S.GRANTED: _l("It has been granted to a community group; the agreement follows."),
    S.GRANTED_BY_DEFAULT: _l("It has been granted to a community group; the agreement follows."),
    S.AGREEMENT: _l("It has been granted to a community group; the agreement is being signed."),
    S.IN_USE: _l("A community group uses it."),
}
