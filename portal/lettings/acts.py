"""What can be done to a let on a page of its own: one row an action. The page, its form and its buttons read this."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from portal.lettings import forms, service
from portal.lettings.rules import Action
from portal.web import Form


class Act(NamedTuple):
    """The words of an action's page, its form, and the service it calls with what was answered."""

    title: Any  # a question, or what is about to be done
    about: Any  # what it leads to
    button: Any
    done: Any
    form: type[Form]
    call: Callable[..., object]
    serious: bool = False
    fresh: bool = False  # money leaves by it: who does it shows first who they are


ACTS = {
    Action.APPROVE: Act(
        _l("Approve this let"),
        _l(
            "Every date is held for the group at once. If nothing is left to pay the let is confirmed."
        ),
        _l("Approve"),
        _l("Approved. Every date is held, and the group has a letter."),
        forms.ApproveForm,
        service.approve,
    ),
    Action.DECLINE: Act(
        _l("Decline this request"),
        _l("The group gets a letter with your reason."),
        _l("Decline"),
        _l("Declined. The group has a letter with the reason."),
        forms.WhyForm,
        service.decline,
        serious=True,
    ),
    Action.ACCEPT: Act(
        _l("Accept this offer"),
        _l(
            "The price is what the broker offers. The room is yours once a deposit, if one is asked for, is paid."
        ),
        _l("Accept the offer"),
        _l("Accepted."),
        Form,
        service.accept,
    ),
    Action.WITHDRAW: Act(
        _l("Take the request back"),
        _l("Nothing is held for you after that. You can ask again."),
        _l("Take it back"),
        _l("Taken back."),
        forms.MaybeWhyForm,
        service.withdraw,
        serious=True,
    ),
    Action.CANCEL: Act(
        _l("Cancel the whole let"),
        _l("All dates that are still to come are given up, and everybody concerned gets a letter."),
        _l("Cancel all dates"),
        _l("Cancelled. Everybody concerned has a letter."),
        forms.WhyForm,
        service.cancel,
        serious=True,
    ),
}
