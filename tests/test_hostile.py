"""Bad input, double clicks, old pages, other people's things: each form and address of the portal, on both engines."""

import re
from io import BytesIO

import pytest
from markupsafe import escape
from werkzeug.datastructures import MultiDict

from portal.db import db
from tests.conftest import csrf_token
from tests.factories import photo
from tests.hostile import FORMS, SHOWN, counts, everything, put_back

LONG = "x" * 100_000
NASTY = {
    "nothing": "",
    "spaces": " \t\r\n ",
    "huge": LONG,
    "nul": "a\x00b",
    "emoji": "🌱👩‍🌾 ok",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd\u2066",
    "html": "</textarea></title><script>alert(1)</script><b a='\"'>&amp;",
    "sql": "'; DROP TABLE asset; -- \" %s %(x)s {{ 7*7 }} \\",
    "minus": "-1",
    "zero": "0",
    "large": str(2**31),
    "larger": str(2**63),
    "nan": "NaN",
    "infinity": "1e999",
    "odd digits": "٣²½",
    "controls": "a\x07\x80\x9f\ufdd0\uffffb",
}  # fmt: skip
FOR_EVERYBODY = {
    "sign in",
    "use a link",
    "sign out others",
    "account",
    "new group",
    "represent",
    "claim",
    "ask",
    "ask in a round",
    "wait",
    "keep a need",
    "speak at a hearing",
}
SOME_AT_ONCE = ("nothing", "huge", "html", "larger")
FOR_TABLES = ("nul", "emoji", "sql", "large", "larger", "nan", "controls")


@pytest.fixture(params=FORMS)
def form(request, app, client):
    """One form with the world brought to where it can be sent, and its sender signed in."""
    sent = FORMS[request.param]
    path, who = sent.bring()
    client.sign_in(who)
    client.name, client.path, client.good = request.param, path, dict(sent.good)
    client.files = sent.files
    client.token = csrf_token(client.get("/account").get_data(as_text=True))
    if request.param == "sign":
        page = client.get(path).get_data(as_text=True)
        client.good["shown_hash"] = re.search(r'name="shown_hash"[^>]*value="(\w+)"', page)[1]
    if client.good.get("shown") == SHOWN:
        page = client.get(path).get_data(as_text=True)
        client.good["shown"] = re.search(r'name="shown"[^>]*value="([^"]*)"', page)[1]
    return client


def post(form, data):
    files = {name: [(BytesIO(photo()), "scan.jpg")] for name in form.files}
    answer = form.post(form.path, data=MultiDict({"csrf_token": form.token} | data | files))
    if form.name == "use a link" and answer.status_code == 302:  # with a session of its own making
        form.token = csrf_token(form.get("/sign-in").get_data(as_text=True))
    return answer


def test_a_form_withstands_everybody(form, app):
    """One world for all of it: what is refused leaves it as it was, and the one good answer comes last."""
    start = everything()
    nobody_else_can_send_it(form, app, start)
    put_back(start)  # without the stranger
    if db.engine.dialect.name == "sqlite":  # no table is asked before a form knows its page
        an_old_page_loses_nothing(form, start)
    bad_answers_are_told_in_words(form, start)
    sent_twice_it_is_done_once(form)


def nobody_else_can_send_it(form, app, start):
    signed_out, stranger = app.test_client(), app.test_client()
    answer = signed_out.post(form.path, data=form.good)
    assert everything() == start
    if form.name not in {"sign in", "use a link"}:
        assert answer.status_code == 403
    if form.name in FOR_EVERYBODY:
        return
    stranger.sign_in("nobody@example.org")
    token = csrf_token(stranger.get("/account").get_data(as_text=True))
    before = everything()
    answer = stranger.post(form.path, data=form.good | {"csrf_token": token})
    assert answer.status_code in (403, 404)
    assert everything() == before


def an_old_page_loses_nothing(form, start):
    answer = post(form, form.good | {"csrf_token": "old"})
    assert everything() == start
    if form.name in {
        "take a role",
        "stop a need",
        "send a letter again",
    }:  # one button on a page of many: back to it, with the sentence there
        answer = form.get(answer.location)
    page = answer.get_data(as_text=True)
    assert "open for a long time" in page
    for value in form.good.values():
        assert str(escape(value)) in page, value


def bad_answers_are_told_in_words(form, start):
    """Each bad answer in one of the fields among good ones, some in all; a 500 or broken HTML fails the client."""
    names = list(form.good) or ["words"]
    # What only the form reads is sent where a page is quicker; what could reach the tables, on both engines.
    kinds = NASTY if db.engine.dialect.name == "sqlite" else FOR_TABLES
    sent = [form.good | {names[n % len(names)]: NASTY[bad]} for n, bad in enumerate(kinds)]
    # Beside a file that much would be written to a disk on its way.
    at_once = [kind for kind in SOME_AT_ONCE if not (form.files and kind == "huge")]
    sent += [dict.fromkeys(names, NASTY[kind]) for kind in at_once]
    sent += [{name: [value, "twice"] for name, value in form.good.items()}, {}]
    for data in sent:
        if post(form, data).status_code in (200, 302):
            put_back(start)


def sent_twice_it_is_done_once(form):
    first = post(form, form.good)
    assert first.status_code in (200, 302), first.get_data(as_text=True)
    before = counts(everything())
    again = post(form, form.good)
    assert again.status_code in (200, 302, 404, 409)
    if form.name != "sign in":  # the second letter may be the one that arrives
        assert counts(everything()) == before
