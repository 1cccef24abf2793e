"""How the actions of the holder, the panel and its chair are put. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.errors import N_
from portal.proposals.rules import Action
from portal.proposals.words_group import ActionWords

A = Action

JUDGING = {
    A.AGREE: ActionWords(
        _l("Agree to the proposal"),
        _l("The panel scores the test all the same, so that the grant stands on its merits."),
        _l("We agree"),
    ),
    A.OBJECT: ActionWords(
        _l("Object on a listed ground"),
        _l(
            "The ground, the evidence and the officer's name and post are published. The test is held all the same; the chair weighs your ground against it."
        ),
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
    A.SUM_UP: ActionWords(
        _l("Sum up what the panel found"),
        _l(
            "Your words are shown with the result of the test, once the case is decided. You can write them anew until then."
        ),
        _l("Save the summary"),
    ),
    A.RECORD_NOTICE: ActionWords(
        _l("Open space: record what you found"),
        _l(
            "Open space may only be let after notices in a newspaper. Say whether this land is open space, and record each notice by itself."
        ),
        _l("Record it"),
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
}

# What each of the holder's three answers means, at its door.
MEANS = {
    A.AGREE: _l(
        "You have nothing against it. The panel still scores the test, so that a grant stands on its merits."
    ),
    A.OBJECT: _l(
        "Something stands in the way. Choose the ground from the closed list and show it. You need: the evidence, and the officer who answers for it, with name and post."
    ),
    A.NAME_ALTERNATIVE: _l(
        "You have a better use, or plan one. You need: its name, its day, its budget line, a document, and what it would bring, with evidence. The panel scores both."
    ),
}

# Who has to have acted by the end of a period.
WHO = {
    "holder_response": _l("An officer of the holder"),
    "hearing": _l("The chair and the broker"),
    "decision": _l("The panel, which scores, and its chair, who decides"),
    "review": _l("Another panel and its chair"),
}

# What an undecided last day means, by what the profile and the council's resolution make of it.
SILENCE = {
    "grant": N_(
        "If nobody decides by the end of %(day)s, the use is granted by default: the council adopted the compact by resolution %(reference)s of %(on)s."
    ),
    "escalate": N_(
        "If nobody decides by the end of %(day)s, nothing is granted by that: the case goes to the named senior officer and is shown as overdue."
    ),
    "review": N_(
        "If nobody decides by the end of %(day)s, nothing is granted by that: the case goes to the named senior officer, and the group can ask for a review by another panel."
    ),
}
