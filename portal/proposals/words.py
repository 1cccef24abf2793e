"""What pages say about cases: actions, periods, questions, and what happens next. Wording only."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from portal.proposals.rules import UNDECIDED, Action, State

A, S = Action, State


class ActionWords(NamedTuple):
    """An action on its page and its button: heading, a sentence before the form, the button that does it."""

    title: str
    intro: str
    submit: str


ACTIONS = {
    A.LODGE: ActionWords(
        _l("Lodge the proposal"),
        _l(
            "The broker checks within 5 working days that nothing is missing. Then it is published."
        ),
        _l("Lodge the proposal"),
    ),
    A.RETURN_INCOMPLETE: ActionWords(
        _l("Return it: something is missing"),
        _l(
            "The group gets this list, completes its proposal and lodges it again. The clock does not run meanwhile."
        ),
        _l("Return it to the group"),
    ),
    A.VALIDATE: ActionWords(
        _l("Say that it is complete"),
        _l("The clock starts today, and the proposal is published today."),
        _l("It is complete"),
    ),
    A.REPRESENT: ActionWords(
        _l("Speak for or against"),
        _l("Your words are published. Your name is not."),
        _l("Publish my words"),
    ),
    A.ANSWER: ActionWords(
        _l("Answer what was said"),
        _l(
            "Your answers are published beside the words. You need not answer everything, but an answer stays as it is."
        ),
        _l("Publish these answers"),
    ),
    A.AGREE: ActionWords(
        _l("Agree to the proposal"),
        _l("The panel scores the test all the same, so that the grant stands on its merits."),
        _l("We agree"),
    ),
    A.OBJECT: ActionWords(
        _l("Object on a listed ground"),
        _l("The ground, the evidence and the officer's name are published."),
        _l("We object"),
    ),
    A.NAME_ALTERNATIVE: ActionWords(
        _l("Name another use"),
        _l(
            "A use that you have or plan. “We may need it” is not a plan. The panel scores it beside the proposal; ties go to the community."
        ),
        _l("Name this use"),
    ),
    A.DECLARE_INTEREST: ActionWords(
        _l("Declare an interest"),
        _l(
            "You then take no part in this test. The history says that a member declared an interest, without your name."
        ),
        _l("I declare an interest"),
    ),
    A.SCORE: ActionWords(
        _l("Score the test"),
        _l(
            "0 is no benefit, 4 a great one. Give each a reason. Your scores are final; you see the others' once you have given yours."
        ),
        _l("Give these scores"),
    ),
    A.CHECK_CAPACITY: ActionWords(
        _l("Check whether the group can do it"),
        _l(
            "Answer each point, and say what shows it. It is published, and can be done again until the decision."
        ),
        _l("Save these answers"),
    ),
    A.DECIDE: ActionWords(
        _l("Decide"),
        _l("The outcome follows from the test. Your reasons are published with it."),
        _l("Decide and publish"),
    ),
    A.WITHDRAW: ActionWords(
        _l("Withdraw the proposal"),
        _l("This ends the case. You can claim the place again later."),
        _l("Withdraw it"),
    ),
    A.DRAFT_AGREEMENT: ActionWords(
        _l("Draft the heads of terms"),
        _l("The usual terms are filled in. Both sides sign exactly the text that this makes."),
        _l("Make the text"),
    ),
    A.SIGN: ActionWords(
        _l("Sign the agreement"),
        _l("Read the text. Once one side has signed, it can never change."),
        _l("Sign this text"),
    ),
    A.HAND_OVER: ActionWords(
        _l("Hand the place over"),
        _l("Say what was handed over: keys, photographs, meter readings."),
        _l("It has been handed over"),
    ),
    A.END: ActionWords(
        _l("End the use"),
        _l("The place is returned and shows as vacant again."),
        _l("End the use"),
    ),
}
# The actions whose button must be pressed with care.
SERIOUS = {A.WITHDRAW, A.END}

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

# What lies ahead is named by what happens, not by an outcome that nobody knows yet.
BOTH_SIGNED = _l("Both sides have signed. The broker or the officer hands the place over.")
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
        "The case is over; the decision on this page says why. The group can claim another place, and the broker helps to see what would have to change."
    ),
    S.ESCALATED: _l(
        "It should have been decided by %(decision)s. The senior officer has it, and the chair can still decide."
    ),
    S.WITHDRAWN: _l("The case is over. The place can be claimed again."),
    S.LAPSED: _l("The case is over: another group has been granted the place."),
    S.AGREEMENT: _l("Both sides read and sign the agreement. Then the place is handed over."),
    S.IN_USE: _l("The place is in use."),
    S.ENDED: _l("The case is over. The place can be claimed again."),
}

# What an undecided last day means, with a council resolution on record and without.
SILENCE = {
    True: _l("If nobody decides by then, it is granted by default."),
    False: _l("If nobody decides by then, it goes to the senior officer."),
}

# While a case is on notice several periods run; each is told while it runs.
RUNNING = {
    "representations": _l("Anybody may speak until %(day)s."),
    "answers": _l("The group may answer what is said until %(day)s."),
    "holder_response": _l("The holder answers by %(day)s."),
}

# The questions of a proposal: (name, what it is called where it is missing or shown).
QUESTIONS = {
    "title": _l("What the proposal is called"),
    "use": _l("What the group will do"),
    "timescale": _l("When, step by step"),
    "term_months": _l("For how many months"),
    "costs": _l("How the costs are covered"),
    "insurance": _l("How it is insured"),
    "responsible": _l("Who is responsible"),
    "safeguarding": _l("How children and adults at risk are protected"),
    "benefits": _l("What it brings, for at least one criterion"),
}

HOLDER_SAYS = {
    A.AGREE: _l("The holder agrees."),
    A.OBJECT: _l("The holder objects."),
    A.NAME_ALTERNATIVE: _l("The holder names another use."),
}

# The filter of the list of cases: value, words, states.
PHASES = {
    "open": (_l("Open now"), UNDECIDED),
    "overdue": (_l("Overdue"), (S.ESCALATED,)),
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
