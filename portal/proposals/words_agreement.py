"""How the actions of the agreement are put. Wording only."""

from flask_babel import lazy_gettext as _l

from portal.proposals.rules import Action
from portal.proposals.words_group import ActionWords

A = Action

AGREEMENT = {
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
