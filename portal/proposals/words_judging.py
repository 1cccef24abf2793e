"""How the actions of the holder, the panel and its chair are put. Wording only."""

from flask_babel import lazy_gettext as _l

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
}
