"""How more time and the review are put. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.proposals.rules import Action
from portal.proposals.words_group import ActionWords

A = Action

TIME = {
    A.ASK_MORE_TIME: ActionWords(
        _l("Ask for more time"),
        _l("Nothing moves unless the other side agrees. Until then the last day stays as it is."),
        _l("Ask for more time"),
    ),
    A.GIVE_MORE_TIME: ActionWords(
        _l("Agree to more time"),
        _l("The last day moves at once, and everybody is told."),
        _l("Agree to more time"),
    ),
    A.REFUSE_MORE_TIME: ActionWords(
        _l("Do not agree to more time"),
        _l("The last day stays as it is."),
        _l("Do not agree"),
    ),
    A.ASK_REVIEW: ActionWords(
        _l("Ask for a review"),
        _l(
            "Another panel and another chair look at your proposal again. Nobody who judged it before takes part."
        ),
        _l("Ask for a review"),
    ),
}
