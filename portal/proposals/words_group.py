"""How the actions of the group, its neighbours and the broker at the door are put. Wording only."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from portal.proposals.rules import Action

A = Action


class ActionWords(NamedTuple):
    """An action on its page and its button: heading, a sentence before the form, the button that does it."""

    title: str
    intro: str
    submit: str


GROUP = {
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
    A.WITHDRAW: ActionWords(
        _l("Withdraw the proposal"),
        _l("This ends the case. You can claim the place again later."),
        _l("Withdraw it"),
    ),
}
