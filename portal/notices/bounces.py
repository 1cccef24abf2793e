"""Letters that come back: read a mail server's report (RFC 3464), or what Notify tells us, and act on it."""

import hmac
import re
from email import message_from_bytes, policy
from email.message import Message
from typing import NamedTuple

from portal.db import transaction
from portal.notices import govuk_notify, post
from portal.notices.models import Letter
from portal.notices.rules import ENHANCED, Outcome, Verdict, verdict
from portal.notices.sending import came_back

NAME = re.compile(r"\b(\d{1,18})-([0-9a-f]{20})(?=@)")
# Where a report names the letter: the address it came to, and the headers of the letter that it gives back.
ADDRESSES = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
OF_THE_LETTER = ("Message-ID", "In-Reply-To", "References", "Original-Message-ID")
LARGEST = 2_000_000  # bytes of a report


class Report(NamedTuple):
    """What a report says: which letter, and what is the matter; no verdict where it is only late."""

    name: str
    outcome: Outcome | None


def read(data: bytes) -> Report | None:
    """The report in a mail; None where it is none of ours. A mail that somebody wrote by hand has no status."""
    mail = message_from_bytes(data[:LARGEST], policy=policy.compat32)
    parts = list(mail.walk())
    status = next((p for p in parts if p.get_content_type() == "message/delivery-status"), None)
    name = _name(mail, parts)
    if status is None or not name:
        return None
    return Report(name, _outcome(status))


def hear(data: bytes) -> Letter | None:
    """Read a mail and act on it; returns the letter that came back, if one did."""
    report = read(data)
    return take(report) if report else None


def take(report: Report) -> Letter | None:
    """Write down that a letter came back; None where no letter of ours has this name, or it is only late."""
    number, _dash, _proof = report.name.partition("-")
    if report.outcome is None:
        return None
    with transaction() as session:
        letter = session.get(Letter, int(number), with_for_update=True)
        if letter is None or not hmac.compare_digest(post.name_of(letter), report.name):
            return None
        came_back(letter, report.outcome, session)
        return letter


def of_notify(told: object) -> Report | None:
    """What Notify's message says of one e-mail; None where it is none of ours."""
    if not isinstance(told, dict):
        return None
    found = NAME.match(f"{told.get('reference') or ''}@")
    if not found:
        return None
    state = str(told.get("status"))
    failed = govuk_notify.FAILED.get(state)
    return Report(found[0], Outcome(failed, state) if failed else None)


def _name(mail: Message, parts: list[Message]) -> str:
    """The name of the letter that came back."""
    headers = [mail.get(header, "") for header in ADDRESSES]
    for part in parts:
        headers += [part.get(header, "") for header in OF_THE_LETTER]
        if part.get_content_type() in ("text/rfc822-headers", "text/plain"):
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            headers += re.findall(r"(?im)^message-id:\s*(.+)$", text)
    found = next(filter(None, (NAME.search(str(header)) for header in headers)), None)
    return found[0] if found else ""


def _outcome(status: Message) -> Outcome | None:
    """The first recipient's fate: our letters have one recipient each."""
    groups = status.get_payload()
    for group in groups if isinstance(groups, list) else ():
        if (
            not isinstance(group, Message)
            or str(group.get("Action", "")).strip().lower() != "failed"
        ):
            continue
        said = " ".join(str(group.get("Diagnostic-Code", "")).split())
        exact = str(group.get("Status", "")).split(" ")[0].strip()
        code = re.search(r"\b([45]\d\d)\b", said)
        # A server's own answer says more than the status that the one in between made of it.
        text = said if ENHANCED.search(said) else f"{exact} {said}"
        if exact.startswith("4"):
            return Outcome(Verdict.REFUSED, f"{exact} {said}".strip())
        found = verdict(int(code[1]) if code else 550, text, of_address=True)
        return Outcome(
            Verdict.REFUSED if found is Verdict.LATER else found, f"{exact} {said}".strip()
        )
    return None
