"""The two pages of a payment by card, for each wing: beginning it, and how it stands when the payer comes back."""

from collections.abc import Callable

from flask import flash, redirect, render_template
from flask_babel import gettext as _

from portal.money import settling
from portal.money.govuk_pay import Refused, Unreachable
from portal.money.steps import CARD_WORDS, CardState
from portal.web import EXPIRED, Form, told


def begin(path: str, start: Callable[[], int]):
    """Begin to pay what is due on a page; the next page leads on to the provider."""
    if not Form().validate_on_submit():
        flash(str(EXPIRED), "error")
        return redirect(path)
    try:
        payment_id = start()
    except (Unreachable, Refused) as refusal:
        flash(told(refusal), "error")
        return redirect(path)
    return redirect(f"{path}/card/{payment_id}")


def show(path: str, payment_id: int, back: str) -> str:
    """How a payment stands: before it, and when the payer comes back. The provider is asked each time."""
    settling.payment_of(path, payment_id)
    answer, trouble = None, ""
    try:
        answer = settling.settle(payment_id)
    except (Unreachable, Refused):
        trouble = _("The card service does not answer now. If you have paid, nothing is lost: look again in a few minutes.")  # fmt: skip
    payment = settling.payment_of(path, payment_id)
    return render_template(
        "money/card.html",
        path=path,
        back=back,
        payment=payment,
        words=trouble or _(CARD_WORDS[payment.state]),
        paid=payment.state is CardState.SUCCESS,
        open=payment.state is CardState.OPEN,
        next_url=answer.next_url if answer and payment.state is CardState.OPEN else None,
    )
