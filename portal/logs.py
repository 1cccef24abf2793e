"""What the portal writes down of its own running: one line for each thing, with the request's number and never with a person.

An address is written as its rule, so a key in it (a way to sign in, a calendar) has no way into the log; what was asked
behind the question mark, who asked and with what is not written at all. Whatever another library says passes `scrubbed`.
"""

import logging
import re
import sys
import time
from collections.abc import Iterable

from flask import Flask, Response, g, has_request_context, request
from gunicorn import glogging
from werkzeug.routing import Map

from portal.masking import EMAIL

LINE = "%(asctime)s %(levelname)s %(name)s [%(request)s] %(message)s"
access = logging.getLogger("portal.access")
PLACEHOLDER = re.compile(r"<[^<>]*?(\w+)>")
# What the arguments of keys are called in the address table, and what else is text there and anybody may know.
KEYS = {"token"}
NO_KEYS = {"slug", "section", "name", "day", "code", "power_id", "filename", "make"}
ASKED = re.compile(r"\?[\w.%+-]+=\S*")
# PostgreSQL tells the whole row that it refuses.
ROW = re.compile(r"(?m)^(DETAIL:|Failing row).*$")


class OneLine(logging.Formatter):
    """A record as one line, the lines of a traceback one behind the other."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, keys: re.Pattern[str]) -> None:
        super().__init__(LINE)
        self.keys = keys

    def format(self, record: logging.LogRecord) -> str:
        record.request = g.get("request_id", "-") if has_request_context() else "-"
        said = scrubbed(super().format(record), self.keys)
        return " | ".join(line.rstrip() for line in said.splitlines() if line.strip())


class Gunicorn(glogging.Logger):
    """The server's own log goes the way of all others; its log of addresses stays off."""

    def setup(self, cfg) -> None:  # noqa: ARG002
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)


def scrubbed(said: str, keys: re.Pattern[str]) -> str:
    """Words of other people's code without e-mail addresses, keys in addresses, questions and rows."""
    for pattern, instead in ((keys, r"\1…"), (ASKED, "?…"), (ROW, r"\1 …"), (EMAIL, "…@…")):
        said = pattern.sub(instead, said)
    return said


def key_addresses(addresses: Map) -> re.Pattern[str]:
    """Finds a key in an address: whatever stands where the table of addresses has one."""
    begins = {
        rule.rule.partition("<")[0] for rule in addresses.iter_rules() if KEYS & rule.arguments
    }
    return _behind(begins or {"/sign-in/"})


def _behind(begins: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"({'|'.join(sorted(map(re.escape, begins)))})[^\\s\"'<>…]+")


def configure(app: Flask) -> None:
    """Send every record of this process to the error channel, where systemd and containers look for it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine(key_addresses(app.url_map)))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    access.setLevel(logging.INFO)
    app.logger.handlers.clear()


def answered(response: Response) -> Response:
    """Write down one answer: its number, method, the rule of its address, status and how long it took."""
    if access.isEnabledFor(logging.INFO) and request.endpoint != "static":
        took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        access.info("%s %s %s %.0f ms", request.method, address(), response.status_code, took)
    return response


def address() -> str:
    """The address of the request as its rule, rows' numbers filled in and all text left out."""
    if request.url_rule is None:
        return "(no such address)"
    values = request.view_args or {}
    return PLACEHOLDER.sub(
        lambda found: str(values[found[1]]) if isinstance(values.get(found[1]), int) else "…",
        request.url_rule.rule,
    )
