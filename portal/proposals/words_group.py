"""How the actions of the group, its neighbours and the broker at the door are put. Wording only."""

from collections.abc import Callable
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from portal.proposals.models import Proposal
from portal.proposals.rules import Action, State

A = Action


class ActionWords(NamedTuple):
    """An action on its page and its button: heading, a sentence before the form, the button that does it."""

    title: str
    intro: str
    submit: str


# The same action where a case stands otherwise: (action, where it is so, its words there).
VARIANTS: list[tuple[Action, Callable[[Proposal], bool], ActionWords]] = [
    (
        A.WITHDRAW,
        lambda case: case.state is State.DRAFT,
        ActionWords(
            _l("Give the draft up"),
            _l("You stop writing it. This cannot be taken back."),
            _l("Give it up"),
        ),
    ),
    (
        A.WITHDRAW,
        lambda case: case.state is State.INTEREST,
        ActionWords(
            _l("Withdraw your interest"),
            _l("You ask for this place no longer. This cannot be taken back."),
            _l("Withdraw our interest"),
        ),
    ),
]

GROUP = {
    A.REGISTER_INTEREST: ActionWords(
        _l("Register your interest"),
        _l(
            "Anybody can then read that your group intends to ask for this place, and what for. You go on writing in peace: nobody else sees the rest yet."
        ),
        _l("Register our interest"),
    ),
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
        _l(
            "Look through it, then say so. The clock starts today, and the proposal is published today."
        ),
        _l("It is complete"),
    ),
    A.DECLINE_REPEAT: ActionWords(
        _l("Decline it: it was refused not long ago"),
        _l(
            "The same kind of use of this place was refused. You may decline the proposal without starting the clock, or take it on all the same."
        ),
        _l("Decline the proposal"),
    ),
    A.MODERATE: ActionWords(
        _l("Take out what somebody said"),
        _l(
            "The words disappear everywhere. It stays public that something was taken out, when and why, and it still counts as for or against. Whoever wrote it is told, and how to complain."
        ),
        _l("Take it out"),
    ),
    A.REPRESENT: ActionWords(
        _l("Speak for or against"),
        _l("Your words are published at once. Your name is not."),
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
        _l("This ends the case. It cannot be taken back."),
        _l("Withdraw it"),
    ),
}
