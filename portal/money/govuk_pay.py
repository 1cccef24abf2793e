"""GOV.UK Pay, as its API reference has it: start a payment, ask about one, give money back, trust a message.

https://docs.payments.service.gov.uk/api_reference/. Only this file talks to it. What it answers is theirs: read with
care, written down in few words. Nothing here knows the database.
"""

import hashlib
import hmac
import json
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import current_app

from portal.errors import RuleBroken
from portal.money.steps import REFUND_STATUS, CardState, RefundState, state_of

SECONDS = 10.0
LARGEST = 1_000_000  # bytes of an answer; theirs are a few thousand


class Unreachable(RuleBroken):
    """It did not answer, or answered that it cannot now: nobody knows what it did, so it is asked again later."""

    def __init__(self) -> None:
        super().__init__(
            "card-service-silent",
            "The card service does not answer now, and nothing has been taken. Try again in a few minutes, or pay in cash or by bank transfer.",
        )


class Refused(RuleBroken):
    """It answered, and said no."""

    def __init__(self, status: int, said: str) -> None:
        self.status, self.said = status, said
        super().__init__(
            "card-service-refused",
            "The card service would not take this payment. Pay in cash or by bank transfer, and tell the broker.",
        )


class Answer(NamedTuple):
    """What it says of a payment."""

    id: str
    state: CardState
    pence: int
    reference: str
    next_url: str | None  # where the payer goes on; each is used once, so it is asked for anew
    said: str
    refundable: int  # pence that can still go back


class Refund(NamedTuple):
    """What it says of money that goes back."""

    id: str
    state: RefundState
    pence: int


def is_on() -> bool:
    """Whether cards are taken here."""
    return bool(current_app.config["GOVUK_PAY_KEY"])


def start(pence: int, *, reference: str, words: str, return_url: str, token: str) -> Answer:
    """Begin a payment. The same `token` again gives the same payment. Raises Unreachable or Refused."""
    body = {
        "amount": pence,
        "reference": reference,
        "description": words[:255],
        "return_url": return_url,
    }
    return _answer(_call("POST", "/v1/payments", body, {"Idempotency-Key": token}))


def ask(payment_id: str) -> Answer:
    """How a payment stands. Raises Unreachable or Refused."""
    return _answer(_call("GET", f"/v1/payments/{quote(payment_id, safe='')}"))


def give_back(payment_id: str, pence: int, *, refundable: int) -> Refund:
    """Send money back. It says no if `refundable` is not what it knows, so that nothing goes back twice."""
    body = {"amount": pence, "refund_amount_available": refundable}
    return _refund(_call("POST", f"/v1/payments/{quote(payment_id, safe='')}/refunds", body))


def refunds(payment_id: str) -> list[Refund]:
    """All that went back of a payment."""
    found = _call("GET", f"/v1/payments/{quote(payment_id, safe='')}/refunds")
    listed = (found.get("_embedded") or {}).get("refunds") or []
    return [_refund(one) for one in listed]


def is_signed(body: bytes, signature: str) -> bool:
    """Whether a message is from them: HMAC-SHA256 of its body with the secret of our webhook, in small letters."""
    secret = str(current_app.config["GOVUK_PAY_WEBHOOK_SECRET"])
    if not secret:
        return False
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


class _NoRedirects(HTTPRedirectHandler):
    """Our key goes to the address of the settings and nowhere else."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def _call(
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    base = str(current_app.config["GOVUK_PAY_URL"]).rstrip("/")
    if urlsplit(base).scheme not in ("https", "http"):
        raise Unreachable
    request = Request(  # noqa: S310 - the scheme was looked at above
        f"{base}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {current_app.config['GOVUK_PAY_KEY']}",
            "Accept": "application/json",
            **({} if body is None else {"Content-Type": "application/json"}),
            **(headers or {}),
        },
    )
    try:
        with build_opener(_NoRedirects).open(request, timeout=SECONDS) as response:
            found = json.loads(response.read(LARGEST))
    except HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(LARGEST)) from error
    except (OSError, ValueError) as error:  # no connection, too late, or not JSON
        current_app.logger.warning("GOV.UK Pay: %s %s: %s", method, path, type(error).__name__)
        raise Unreachable from error
    if not isinstance(found, dict):
        raise Unreachable
    return found


TOO_MANY = 429
FAULT = 500


def _refusal(status: int, body: bytes) -> RuleBroken:
    said = body.decode("utf-8", "replace")[:200]
    current_app.logger.warning("GOV.UK Pay said %s: %s", status, said)
    if status >= FAULT or status == TOO_MANY:
        return Unreachable()
    return Refused(status, said)


def _answer(found: dict[str, Any]) -> Answer:
    """Raises Unreachable for an answer that lacks what every answer has."""
    try:
        state = found["state"]
        links, summary = found.get("_links") or {}, found.get("refund_summary") or {}
        return Answer(
            id=str(found["payment_id"])[:60],
            state=state_of(state),
            pence=int(found["amount"]),
            reference=str(found.get("reference") or ""),
            next_url=_https((links.get("next_url") or {}).get("href")),
            said=f"{state.get('status', '')} {state.get('code', '')} {state.get('message', '')}".strip()[:200],
            refundable=int(summary.get("amount_available") or 0),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreachable from error


def _refund(found: dict[str, Any]) -> Refund:
    try:
        state = REFUND_STATUS.get(str(found["status"]), RefundState.SUBMITTED)
        return Refund(str(found["refund_id"])[:60], state, int(found["amount"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreachable from error


def _https(address: object) -> str | None:
    """An address to send people to; only those of the web."""
    text = str(address or "")
    return text if urlsplit(text).scheme in ("https", "http") else None
