"""A stand-in that speaks GOV.UK Notify's published API, and can be slow, broken or wrong. For tests only.

https://docs.notifications.service.gov.uk/rest-api.html: send an e-mail, list what was sent with a reference.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import time
import uuid
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from tests.served import Served

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY, TEMPLATE = f"meanwhile-{SERVICE}-{SECRET}", "f33517ff-2a88-4f6e-b855-c550268ce08a"
TOKEN = "callback-token"


class StandIn(Served):
    """What it sent, what it was asked, and what it shall do wrong next."""

    def __init__(self, now) -> None:
        self.sent: list[dict] = []
        self.asked: list[str] = []
        # One for each next call: a status, "lost" (done, but the answer never arrives) or "slow".
        self.wrong: list[str] = []
        self.now = now
        super().__init__(_handler(self))

    def send(self, body: dict) -> tuple[int, dict]:
        if set(body["personalisation"]) != {"subject", "body"}:
            return _error(400, "BadRequestError", "Missing personalisation: subject")
        if body["template_id"] != TEMPLATE:
            return _error(400, "BadRequestError", "Template not found")
        if " " in body["email_address"] or "." not in body["email_address"].rpartition("@")[2]:
            return _error(400, "ValidationError", "email_address is not a valid email address")
        if body["email_address"].startswith("team"):
            return _error(400, "BadRequestError", "Can't send to this recipient when service is in trial mode")  # fmt: skip
        self.sent.append({**body, "id": str(uuid.uuid4()), "status": "created"})
        return 201, {"id": self.sent[-1]["id"], "reference": body["reference"]}

    def listed(self, reference: str) -> tuple[int, dict]:
        found = [
            {"id": one["id"], "reference": one["reference"], "status": one["status"]}
            for one in reversed(self.sent)
            if one["reference"] == reference
        ]
        return 200, {"notifications": found, "links": {"current": "/v2/notifications"}}

    def knows(self, authorization: str) -> bool:
        """Whether a token is signed by our key, and new."""
        kind, _space, token = authorization.partition(" ")
        signed, _dot, signature = token.rpartition(".")
        expected = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
        head, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        return (
            kind == "Bearer"
            and hmac.compare_digest(expected, _decoded(signature))
            and head == {"typ": "JWT", "alg": "HS256"}
            and claims["iss"] == SERVICE
            and abs(claims["iat"] - self.now().timestamp()) <= 30
        )


def _error(status: int, kind: str, message: str) -> tuple[int, dict]:
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            address = urlsplit(self.path)
            assert address.path == "/v2/notifications"
            [reference] = parse_qs(address.query)["reference"]
            self._answer(lambda: stand_in.listed(reference))

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.path == "/v2/notifications/email"
            self._answer(lambda: stand_in.send(body))

        def log_message(self, *_args):
            pass

        def _answer(self, do):
            stand_in.asked.append(self.command)
            if not stand_in.knows(self.headers["Authorization"]):
                self._say(*_error(403, "AuthError", "Invalid token: API key not found"))
                return
            wrong = stand_in.wrong.pop(0) if stand_in.wrong else ""
            if wrong.isdigit():
                self._say(*_error(int(wrong), "Exception", "Internal server error"))
                return
            status, answer = do()
            if wrong == "lost":
                self.close_connection = True
                self.connection.close()
                return
            if wrong == "slow":
                time.sleep(0.6)
            self._say(status, answer)

        def _say(self, status, answer):
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(data)

    return Handler
