"""GOV.UK Notify, as its API reference has it: send an e-mail, ask whether one went, trust what it tells us later.

https://docs.notifications.service.gov.uk/rest-api.html. Only this file talks to it. Its template has the subject
`((subject))` and the body `((body))`.
"""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from flask import current_app

from portal import clock
from portal.notices.post import Item, on_the_wire
from portal.notices.rules import Outcome, Verdict

LARGEST = 1_000_000  # bytes of an answer; theirs are a few thousand
UUID = 36  # letters of one; a key is NAME-SERVICE-SECRET, and both are UUIDs
# What it says of an e-mail that it could not deliver.
FAILED = {
    "permanent-failure": Verdict.NO_ADDRESS,
    "temporary-failure": Verdict.REFUSED,
    "technical-failure": Verdict.REFUSED,
}
BAD_REQUEST, TOO_MANY, FAULT = 400, 429, 500
NO_SUCH = "not a valid email address"
NOT_TO_THEM = ("trial mode", "team-only", "cannot be longer")


def is_on() -> bool:
    """Whether letters go by Notify here."""
    return bool(current_app.config["NOTIFY_KEY"])


def is_from_them(authorization: str) -> bool:
    """Whether a message at our address carries the token that we gave them."""
    token = str(current_app.config["NOTIFY_CALLBACK_TOKEN"])
    expected = f"Bearer {token}"
    return bool(token) and hmac.compare_digest(expected.encode(), authorization.encode())


class Notify:
    """Carries letters; `patience` is how many seconds one answer may take."""

    def __init__(self, patience: float) -> None:
        self._patience = patience

    def carry(self, item: Item) -> Outcome:
        """Hand one letter over. It does not know two requests for one, so before a second try it is asked."""
        try:
            if item.tries > 1 and (known := self._known(item)):
                return known
            return self._send(item)
        except _Said as said:
            return _verdict(said.status, said.text)
        except ConnectionRefusedError as error:
            return Outcome(Verdict.AWAY, str(error))
        except OSError as error:  # too late, or lost on the way: nobody knows what became of it
            return Outcome(Verdict.DROPPED, f"{type(error).__name__}: {error}")
        except (ValueError, LookupError, TypeError) as error:
            return Outcome(Verdict.LATER, f"Notify's answer could not be read: {error}")

    def _send(self, item: Item) -> Outcome:
        try:
            address = on_the_wire(item.to)
        except (ValueError, UnicodeError) as error:
            return Outcome(Verdict.REFUSED, str(error))
        body = {
            "email_address": address,
            "template_id": current_app.config["NOTIFY_TEMPLATE"],
            "personalisation": {"subject": item.subject, "body": item.body},
            "reference": item.name,
        }
        if item.leave_url and item.leave_url.startswith("https://"):
            body["one_click_unsubscribe_url"] = item.leave_url
        self._call("POST", "/v2/notifications/email", body)
        return Outcome(Verdict.TAKEN)

    def _known(self, item: Item) -> Outcome | None:
        """What became of an earlier try; None where there was none, or where it may be tried again."""
        found = self._call("GET", f"/v2/notifications?reference={quote(item.name, safe='')}")
        states = [one["status"] for one in found["notifications"] if one["reference"] == item.name]
        if not states:
            return None
        failed = FAILED.get(states[0])  # the newest is the first
        if failed is None:
            return Outcome(Verdict.TAKEN)
        return Outcome(failed, states[0]) if failed is Verdict.NO_ADDRESS else None

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        base = str(current_app.config["NOTIFY_URL"]).rstrip("/")
        if urlsplit(base).scheme not in ("https", "http"):
            raise ConnectionRefusedError("NOTIFY_URL is not an address of the web.")
        request = Request(  # noqa: S310 - the scheme was looked at above
            f"{base}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {_token()}", "Content-Type": "application/json"},
        )
        try:
            with build_opener(_NoRedirects).open(request, timeout=self._patience) as response:
                found: dict[str, Any] = json.loads(response.read(LARGEST))
        except HTTPError as error:
            with error:
                raise _Said(error.code, error.read(LARGEST).decode("utf-8", "replace")) from error
        except OSError as error:
            # urllib wraps what it met; a refused connection is the one sure sign that nothing was sent.
            inner = getattr(error, "reason", error)
            raise inner if isinstance(inner, OSError) else error from error
        return found


class _Said(Exception):
    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        super().__init__(text)


class _NoRedirects(HTTPRedirectHandler):
    """Our key goes to the address of the settings and nowhere else."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def _verdict(status: int, text: str) -> Outcome:
    said = f"{status} {text}"[:400]
    if status >= FAULT:
        return Outcome(Verdict.DROPPED, said)
    if status != BAD_REQUEST:
        return Outcome(Verdict.AWAY, said)  # our key, or too many at once: it is not this letter
    if NO_SUCH in text:
        return Outcome(Verdict.NO_ADDRESS, said)
    return Outcome(
        Verdict.REFUSED if any(one in text for one in NOT_TO_THEM) else Verdict.LATER, said
    )


def _token() -> str:
    """A JSON Web Token for one request: who we are and when, signed with the secret half of the key."""
    key = str(current_app.config["NOTIFY_KEY"]).strip()
    service, secret = key[-2 * UUID - 1 : -UUID - 1], key[-UUID:]
    head = {"typ": "JWT", "alg": "HS256"}
    claims = {"iss": service, "iat": int(clock.now().timestamp())}
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (head, claims))
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_encoded(signature)}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
