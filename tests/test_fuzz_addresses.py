"""Addresses, questions, headers and methods that no browser sends, as each role: never a broken page, and reading changes nothing."""

import re
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.developers.operations import OPERATIONS
from tests.fuzzing import bounded, values, written
from tests.hostile import everything
from tests.world import filled

HOLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
# Each takes as long as a hundred pages; their holes are those of the page beside them.
SLOW = (".pdf", ".docx", ".gpkg")
NAMES = sorted({name for one in OPERATIONS.values() for name in one.asks} | {
    "page", "view", "from", "next", "room", "rooms", "fields", "dates", "date", "day", "starts", "ends", "every", "people",
    "first-day", "first-month", "first-year", "last-day", "corners", "asset", "question", "group", "term", "place", "q",
    "phase", "show", "pay", "facilities", "weekday", "near", "times", "email", "letters", "who", "track", "case",
})  # fmt: skip
METHODS = ("GET",) * 6 + ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW")
latin = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=60)
HEADERS = {
    "Accept": st.one_of(latin, st.sampled_from(("application/json", "*/*;q=x", "text/html;q=0", ",;,", "a/b/c"))),
    "Accept-Language": st.one_of(latin, st.sampled_from(("cy", "cy;q=nan", "x-" * 200, "*", "en-GB,cy;q=0.5"))),
    "Accept-Encoding": latin,
    "If-None-Match": st.one_of(latin, st.sampled_from(("*", 'W/"', '"' * 50))),
    "If-Modified-Since": st.one_of(latin, st.sampled_from(("Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 99999 99:99:99"))),
    "Range": st.one_of(latin, st.sampled_from(("bytes=0-", "bytes=-1", "bytes=5-1", "bytes=0-0,9-99", "x=1-2"))),
    "Cookie": st.one_of(latin, st.sampled_from(("session=x; language=zz", "session=.eJw.x.y; remember_token=1|x", "=;=", "language=cy"))),
    "X-Forwarded-For": st.one_of(latin, st.sampled_from(("1.2.3.4, 5.6.7.8", "::1", "x" * 300))),
    "X-Forwarded-Proto": latin,
    "X-Forwarded-Host": latin,
    "Forwarded": latin,
    "Referer": st.one_of(latin, st.sampled_from(("//evil.example", "http://[", "javascript:x"))),
    "Host": st.sampled_from(("localhost", "evil.example", "a b", "[::1", "localhost:99999", "x" * 300, "ü.example")),
    "Origin": latin,
    "Content-Type": latin,
    "X-Requested-With": latin,
    "User-Agent": latin,
    "Authorization": st.one_of(latin, st.sampled_from(("Basic !!!", "Bearer x", "Digest a=b"))),
}  # fmt: skip
holes = st.one_of(st.sampled_from("1234"), st.sampled_from("1234"), values)


@pytest.fixture
def readers(app):
    world = filled()
    clients = {"": app.test_client()}
    for role, email in world.people.items():
        clients[role] = app.test_client()
        clients[role].sign_in(email)
    return clients


def paths(app):
    rules = (rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
    return sorted({rule for rule in rules if not rule.endswith(SLOW)})


def quoted(value):
    return quote_from_bytes(written(value))


@st.composite
def questions(draw, rules):
    """An address with something in its holes, some questions, some headers, a method."""
    rule = draw(st.sampled_from(rules))
    path = HOLE.sub(lambda _hole: quoted(draw(holes)).replace("/", "%2F") or "1", rule)
    names = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), values)
    asked = draw(st.lists(st.tuples(names, values), max_size=5))
    query = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in asked)
    query += draw(st.sampled_from(("", "", "", "&%ff=%ed%a0%80", "&&=&;%zz", "&x" * 1500)))
    chosen = draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True))
    headers = [(name, draw(HEADERS[name])) for name in chosen]
    return draw(st.sampled_from(METHODS)), path, query, headers


def test_no_address_breaks(app, readers):
    rules = paths(app)
    before = everything()
    answers = []

    @bounded(200)
    @given(st.sampled_from(sorted(readers)), questions(rules))
    def ask(who, question):
        method, path, query, headers = question
        answer = readers[who].open(
            path, method=method, query_string=query, headers=headers, buffered=True
        )
        answers.append(answer.status_code)
        assert answer.status_code < 500 or path == "/webhooks/govuk-pay", (method, path, query)

    ask()
    assert everything() == before
    print(len(answers), "addresses asked")  # noqa: T201 - the long run tells it


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_every_address_knows_the_other_methods(app, readers, method):
    """HEAD says what GET says, without a body; what an address cannot do it says."""
    for rule in paths(app):
        path = HOLE.sub("1", rule)
        answer = readers["broker"].open(path, method=method, buffered=True)
        assert answer.status_code < 500, path
        if method == "HEAD":
            assert not answer.data
        else:
            assert "OPTIONS" in answer.headers.get("Allow", "OPTIONS"), path
