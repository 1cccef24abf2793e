"""A stand-in that speaks GOV.UK Pay's published API, and can be slow, broken or wrong. For tests only.

https://docs.payments.service.gov.uk/api_reference/: create and ask about payments, refund them, list refunds.
"""

import contextlib
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler

from tests.served import Served

KEY, SECRET = "api_test_key", "webhook-secret"
CODES = {"failed": "P0010", "expired": "P0020", "cancelled": "P0030", "error": "P0050"}


class StandIn(Served):
    """Its payments, what it was asked, and what it shall do wrong next."""

    def __init__(self):
        self.payments: dict[str, dict] = {}
        self.by_key: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.wrong: list[
            str
        ] = []  # one for each next call: "500", "slow", "no json", "lost", "429", "400"
        super().__init__(_handler(self))

    def create(self, body: dict, key: str) -> tuple[int, dict]:
        if key in self.by_key:
            found = self.payments[self.by_key[key]]
            same = all(found[name] == body[name] for name in ("amount", "reference", "return_url"))
            return (200, self.shown(found)) if same else (409, {"code": "P0191"})
        number = f"pay{len(self.payments) + 1:022d}"
        self.payments[number] = {**body, "payment_id": number, "status": "created", "refunds": []}
        self.by_key[key] = number
        return 201, self.shown(self.payments[number])

    def shown(self, payment: dict) -> dict:
        status = payment["status"]
        failed = status in CODES
        back = sum(one["amount"] for one in payment["refunds"] if one["status"] != "error")
        links = {"self": {"href": f"{self.url}/v1/payments/{payment['payment_id']}"}}
        if status in ("created", "started"):
            links["next_url"] = {
                "href": f"{self.url}/secure/{time.monotonic_ns()}",
                "method": "GET",
            }
        return {
            "amount": payment["amount"],
            "reference": payment["reference"],
            "description": payment["description"],
            "payment_id": payment["payment_id"],
            "state": {
                "status": "failed" if status == "expired" else status,
                "finished": failed or status == "success",
                **({"code": CODES[status], "message": f"Payment {status}"} if failed else {}),
            },
            "refund_summary": {
                "status": "available" if status == "success" else "pending",
                "amount_available": payment["amount"] - back,
                "amount_submitted": back,
            },
            "_links": links,
        }  # fmt: skip

    def refund(self, payment: dict, body: dict) -> tuple[int, dict]:
        available = self.shown(payment)["refund_summary"]["amount_available"]
        if body["refund_amount_available"] != available:
            return 412, {"code": "P0604", "description": "Refund amount available mismatch"}
        if payment["status"] != "success" or body["amount"] > available:
            return 400, {"code": "P0603", "description": "The payment is not available for refund"}
        made = {
            "refund_id": f"ref{len(payment['refunds']) + 1}-{payment['payment_id'][-4:]}",
            "amount": body["amount"],
            "status": "submitted",
        }
        payment["refunds"].append(made)
        return 202, made

    def pays(self, status: str = "success") -> None:
        """The payer does something with the newest payment."""
        list(self.payments.values())[-1]["status"] = status

    def signed(self, payment_id: str) -> tuple[bytes, str]:
        """A webhook message and its signature."""
        body = json.dumps({"event_type": "card_payment_succeeded", "resource_type": "payment", "resource_id": payment_id, "resource": {"payment_id": payment_id}}).encode()  # fmt: skip
        return body, hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class in a function
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(None)

        def do_POST(self):
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def log_message(self, *_args):
            pass

        def _answer(self, body):
            stand_in.asked.append((self.command, self.path))
            if self.headers["Authorization"] != f"Bearer {KEY}":
                self._say(401, {"code": "P0920"})
                return
            wrong = stand_in.wrong.pop(0) if stand_in.wrong else ""
            if wrong.isdigit():
                self._say(int(wrong), {"code": "P0198", "description": "Downstream system error"})
                return
            status, answer = self._do(body)
            if wrong == "lost":  # done, but the answer never arrives
                self.close_connection = True
                self.connection.close()
                return
            if wrong == "slow":
                time.sleep(0.6)
            self._say(status, answer, broken=wrong == "no json")

        def _do(self, body):
            parts = self.path.strip("/").split("/")
            if parts == ["v1", "payments"]:
                return stand_in.create(body, self.headers["Idempotency-Key"])
            payment = stand_in.payments.get(parts[2])
            if payment is None:
                return 404, {"code": "P0200", "description": "No payment matched the payment id"}
            if parts[3:] == ["refunds"] and body is None:
                return 200, {"_embedded": {"refunds": payment["refunds"]}}
            return stand_in.refund(payment, body) if body else (200, stand_in.shown(payment))

        def _say(self, status, answer, *, broken=False):
            data = b"<html>" if broken else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(data)

    return Handler
