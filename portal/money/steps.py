"""How a payment by card goes on, and what the provider's words mean. Pure.

Source: GOV.UK Pay, API reference, "Payment status lifecycle" and "Refunding payments", docs.payments.service.gov.uk.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from portal.errors import N_


class CardState(StrEnum):
    """How an attempt to pay by card stands."""

    OPEN = "open"  # begun, and not known to be over
    SUCCESS = "success"
    FAILED = "failed"  # the card was refused
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    ERROR = "error"  # the provider's fault, or ours
    SURPLUS = "surplus"  # paid, but nothing was due any more: it goes back


class RefundState(StrEnum):
    """How money that goes back to a card stands."""

    WAITING = "waiting"  # for us to send it
    SUBMITTED = "submitted"  # the provider has it
    SUCCESS = "success"
    FAILED = "failed"  # the broker has to give it back another way


STATUS = {
    "created": CardState.OPEN,
    "started": CardState.OPEN,
    "submitted": CardState.OPEN,
    "capturable": CardState.OPEN,
    "success": CardState.SUCCESS,
    "failed": CardState.FAILED,
    "cancelled": CardState.CANCELLED,
    "error": CardState.ERROR,
}
# Why a payment failed, where that says more than "failed".
CODES = {
    "P0020": CardState.EXPIRED,
    "P0030": CardState.CANCELLED,
    "P0040": CardState.CANCELLED,
    "P0050": CardState.ERROR,
}
REFUND_STATUS = {
    "submitted": RefundState.SUBMITTED,
    "success": RefundState.SUCCESS,
    "error": RefundState.FAILED,
}

CARD_WORDS = {
    CardState.OPEN: N_("This payment has not been finished. Nothing has been taken so far."),
    CardState.SUCCESS: N_("Paid. Thank you. The receipt is on the page that you came from."),
    CardState.FAILED: N_("The card was refused, and nothing was taken. Try another card, or pay in cash or by bank transfer."),
    CardState.CANCELLED: N_("The payment was cancelled, and nothing was taken."),
    CardState.EXPIRED: N_("The payment was not finished in time, and nothing was taken. You can begin again."),
    CardState.ERROR: N_("Something went wrong at the card service. If your bank shows that money was taken, tell the broker; it is not lost."),
    CardState.SURPLUS: N_("This had been paid already, so your money goes back to your card. That takes a few days."),
}  # fmt: skip


def state_of(state: Mapping[str, Any]) -> CardState:
    """What the `state` object of a payment means; what we do not know yet is still open."""
    found = STATUS.get(str(state.get("status")), CardState.OPEN)
    if found in (CardState.FAILED, CardState.CANCELLED, CardState.ERROR):
        return CODES.get(str(state.get("code")), found)
    return found
