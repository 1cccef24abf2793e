"""What the fuzz tests share: how many examples, hostile values, forms found by reading pages, bodies no browser would send."""

import os
from collections import deque
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import quote_from_bytes, urlsplit

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.conftest import csrf_token
from tests.test_hostile import NASTY

LONG_RUN = "FUZZ_EXAMPLES" in os.environ


def bounded(number: int, share: int = 1) -> settings:
    """So many examples, the same ones each time; FUZZ_EXAMPLES of them, and others each time, where it is set."""
    return settings(
        max_examples=max(int(os.environ.get("FUZZ_EXAMPLES", number)) // share, 5),
        derandomize=not LONG_RUN,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


# ---- what nobody means

WRITTEN = (
    "2026-03-02", "31", "12", "2026", "18:00", "9999-12-31", "0000-00-00", "24:61", "1", "2", "yes", "no", "y", "on", "other",
    "1@18:30", "rent:1", "M33 2AA", "53.4,-2.3", "0.1", "1,000", "£5", "1e3", "0x10", "+1", "_", "a,b;c", "[]", "{}", "null",
    "name@example.org", "a@b", "https://example.org/", "javascript:alert(1)", "//evil.example", "/desk", "../../etc/passwd",
    "Mo-Fr 09:00-17:00", "%00", "%s%n", "\r\nSet-Cookie: a=b", "\ud800", "\udfff\ud800", "a\u0300" * 50, "ﷺ" * 60, "İıß", "\u2028",
)  # fmt: skip
SHORT = tuple(value for value in NASTY.values() if len(value) < 1000)
values = st.one_of(
    st.sampled_from(SHORT),
    st.sampled_from(WRITTEN),
    st.text(st.characters(), max_size=40),  # surrogates too
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.text(st.sampled_from("0123456789-:./, "), max_size=12),
)
HUGE = "x" * 100_000
names = st.one_of(
    st.sampled_from(("next", "csrf_token", "do", "look", "on", "List-Unsubscribe", "id", "__class__", "a[]", "version")),
    st.text(st.characters(), min_size=1, max_size=20),
)  # fmt: skip


# ---- the forms of the pages


class Form(NamedTuple):
    """A form as a page shows it: where it is sent, by whom, its fields as they stand, and those that take files."""

    path: str
    who: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


class _Reader(HTMLParser):
    """The links and the posted forms of a page."""

    def __init__(self, path: str, who: str) -> None:
        super().__init__()
        self.path, self.who = path, who
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._fields: list[tuple[str, str]] | None = None
        self._files: list[str] = []
        self._action = self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method", "").lower() == "post":
            self._fields, self._files = [], []
            self._action = given.get("action") or self.path
        name = given.get("name", "")
        if self._fields is None or not name:
            if tag == "option" and self._select and "selected" in given:
                self._fields.append((self._select, given.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self._fields.append((name, ""))
        elif given.get("type") == "file":
            self._files.append(name)
        elif tag in {"input", "button"}:
            chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if chosen or name not in dict(self._fields):
                self._fields.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area and self._fields:
            self._fields[-1] = (self._area, self._fields[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            if self._select and self._fields is not None and self._select not in dict(self._fields):
                self._fields.append((self._select, ""))
            self._select = ""
        elif tag == "form" and self._fields is not None:
            kept = tuple(pair for pair in self._fields if pair[0] != "csrf_token")
            self.forms.append(Form(self._action, self.who, kept, tuple(self._files)))
            self._fields = None


STARTS = (
    "/", "/account", "/desk", "/setup", "/hosting", "/lets", "/money", "/sign-in", "/report/here?place=53.41%2C-2.31",
    "/rooms/find", "/cases", "/assets", "/rounds", "/questions", "/calendars", "/waiting", "/needs",
)  # fmt: skip
NOT_READ = ("/static/", "/language/", "/p/")


def discover(app: Any, clients: dict[str, Any]) -> list[Form]:
    """Every form that somebody can reach by following links, a page of each kind for each reader, each form once."""
    found: dict[Any, Form] = {}
    adapter = app.url_map.bind("localhost")
    for who, client in clients.items():
        seen: set[Any] = set()
        waiting = deque(STARTS)
        while waiting:
            path = waiting.popleft()
            kind = _kind(adapter, path)
            if kind is None or kind in seen:
                continue
            seen.add(kind)
            answer = client.get(path)
            if answer.status_code == 302:
                waiting.append(answer.location)
            if answer.mimetype != "text/html":
                continue
            page = _Reader(path, who)
            page.feed(answer.get_data(as_text=True))
            waiting.extend(page.links)
            for form in page.forms:
                key = _kind(adapter, form.path), tuple(sorted({name for name, _ in form.fields}))
                found.setdefault(key, form)
    return list(found.values())


def _kind(adapter: Any, path: str) -> Any:
    """Which page an address is of: its endpoint with the words in it, and the names of what it asks."""
    parts = urlsplit(path)
    if parts.netloc or parts.path.startswith(NOT_READ) or "." in parts.path:  # no files
        return None
    try:
        endpoint, given = adapter.match(parts.path, method="GET")
    except RequestRedirect:
        return None
    except HTTPException:
        try:
            endpoint, given = adapter.match(parts.path, method="POST")
        except HTTPException:
            return None
    said = tuple(
        v for name, v in sorted(given.items()) if isinstance(v, str) and "token" not in name
    )
    return endpoint, said


# ---- bodies


class Body(NamedTuple):
    """What is sent, and what it says that it is."""

    data: bytes
    kind: str


BOUNDARY = "----a-boundary"


def written(value: str) -> bytes:
    """A text as bytes; what no text may hold stays as it is."""
    return value.encode("utf-8", "surrogatepass")


def urlencoded(pairs: list[tuple[str, str]]) -> Body:
    """As a form without files is sent."""
    sent = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)
    return Body(sent.encode(), "application/x-www-form-urlencoded")


def _quoted(text: str) -> str:
    return quote_from_bytes(written(text))


def multipart(pairs: list[tuple[str, str]], files: list[tuple[str, str, str, bytes]]) -> Body:
    """As a form with files is sent: (name, file name, kind, bytes) for each."""
    parts = [(f'name="{name}"', "", written(value)) for name, value in pairs]
    parts += [
        (f'name="{name}"; filename="{file_name}"', f"Content-Type: {kind}\r\n", data)
        for name, file_name, kind, data in files
    ]
    sent = b""
    for said, kind, data in parts:
        one_line = said.replace("\r", "%0D").replace("\n", "%0A")
        head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {one_line}\r\n{kind}\r\n"
        sent += written(head) + data + b"\r\n"
    return Body(sent + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}")


KINDS = (
    "", "application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "image/png",
    f"multipart/form-data; boundary={BOUNDARY}x", "application/x-www-form-urlencoded; charset=utf-16", "x" * 500, "a/b; c=\x80",
)  # fmt: skip
FILES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from((b"", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"<svg onload=alert(1)>", b"GIF89a")),
)  # fmt: skip


def token_of(client: Any) -> str:
    """A token that this client's forms are sent with."""
    return csrf_token(client.get("/account").get_data(as_text=True))


@st.composite
def bodies(draw: Any, form: Form, token: str) -> Body:
    """A form's answers with something missing, doubled, huge, mistyped or hostile, and sent as nobody would."""
    pairs = [("csrf_token", token), *form.fields]
    known = [name for name, _ in form.fields] or ["words"]
    for _ in range(draw(st.integers(0, 4))):
        pairs = draw(_harmed(pairs, known))
    files = [
        (name, draw(st.sampled_from(FILE_NAMES)), "image/jpeg", draw(FILES))
        for name in form.files
        if draw(st.booleans())
    ]
    how = draw(
        st.sampled_from(("plain", "plain", "plain", "parts", "swapped", "cut", "kind", "bytes"))
    )
    if how == "swapped":  # a file where text is meant, text where a file is
        files.append((draw(st.sampled_from(known)), "a.txt", "text/plain", draw(FILES)))
        pairs += [(name, draw(values)) for name in form.files]
    body = multipart(pairs, files) if files or how in {"parts", "cut"} else urlencoded(pairs)
    if how == "cut":
        return Body(body.data[: draw(st.integers(0, len(body.data)))], body.kind)
    if how == "kind":
        return Body(body.data, draw(st.sampled_from(KINDS)))
    if how == "bytes":
        return Body(body.data + NO_TEXT + draw(st.binary(max_size=60)), body.kind)
    return body


FILE_NAMES = ("a.jpg", "a.pdf", "", "../../x", "ü\U0001f331.png", 'a"b')
NO_TEXT = b"&x=%ff%ed%a0%80&%=%zz&&=&"


@st.composite
def _harmed(draw: Any, pairs: list[tuple[str, str]], known: list[str]) -> list[tuple[str, str]]:
    name = draw(st.one_of(st.sampled_from(known), st.sampled_from(known), names))
    return HARMS[draw(st.sampled_from(tuple(HARMS)))](draw, pairs, name)


def _put(draw: Any, pairs: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    value = draw(values)
    return [pair for pair in pairs if pair[0] != name] + [(name, value)]


HARMS: dict[str, Any] = {
    "put": _put,
    "another": _put,  # twice as often as the rest
    "third": _put,
    "drop": lambda _draw, pairs, name: [pair for pair in pairs if pair[0] != name],
    "double": lambda draw, pairs, name: [(name, draw(values)), *pairs, (name, draw(values))],
    "list": lambda draw, pairs, name: [
        *pairs,
        (f"{name}[]", "a"),
        (f"{name}.0", "a"),
        (f"{name}-0", draw(values)),
    ],
    "huge": lambda _draw, pairs, name: [(n, HUGE if n == name else v) for n, v in pairs],
    "many": lambda _draw, pairs, name: pairs + [(f"{name}{n}", "x") for n in range(1100)],
}
