"""What protects a reader's browser: headers, no inline code, tokens on forms, no way out by `next`, files made harmless."""

import re
from io import BytesIO

import pytest
from PIL import Image

from portal import papers
from portal.errors import BadInput
from portal.people.blueprint import local
from tests import conftest, factories
from tests.hostile import NEED, everything
from tests.lettings import make
from tests.test_matrix import ROWS

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"])
IN_THE_WORLD = pytest.mark.xdist_group("world")
# These answer programs, which have no session: GOV.UK Pay signs what it sends, GOV.UK Notify brings its own key.
WEBHOOKS = {"/webhooks/govuk-pay", "/webhooks/notify"}
# What a browser would run although it is no file of ours.
INLINE = re.compile(
    r"<[^>]*\s(?:style|on[a-z]+)\s*=|<style\b(?![^>]*nonce)|javascript:", re.IGNORECASE
)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)
# What stands in an address is a key from somebody's letter.
KEYS = ("petition", "watch", "report", "saved_token")
SLOW = ("/assets.gpkg", ".docx")


def who(letters):
    """One of those who may."""
    return {"*": "-", "+": "r"}.get(letters, letters[0])


@ON_SQLITE
@IN_THE_WORLD
def test_every_answer_is_safe_to_show(world, monkeypatch):
    """Each address once, read by somebody who may; the request names another host."""
    monkeypatch.setattr(conftest, "check_html", lambda _html: None)
    named = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for address, may, _post in ROWS:
        if may in ("/", ".") or address.endswith(SLOW):
            continue
        kept = "; ".join(f"{one.key}={one.value}" for one in world.cookies[who(may)])
        browser = world.app.test_client(use_cookies=False)  # which would keep them for localhost
        answer = browser.get(world.path(address), headers=named | {"Cookie": kept})
        says_what_a_browser_may_do(address, who(may), answer)
        believes_no_host(address, answer)
        if answer.mimetype == "text/html":
            runs_nothing_that_is_written_in_it(address, answer)
        answer.close()


def says_what_a_browser_may_do(address, role, answer):
    said = answer.headers
    policy = dict(
        one.strip().partition(" ")[::2] for one in said["Content-Security-Policy"].split(";")
    )
    assert "unsafe" not in str(policy), address
    assert said["X-Content-Type-Options"] == "nosniff", address
    assert said["Cross-Origin-Opener-Policy"] == "same-origin", address
    assert said["Referrer-Policy"] in ("same-origin", "no-referrer"), address
    assert "camera=()" in said["Permissions-Policy"], address
    assert "Server" not in said, address
    if "sandbox" not in policy:
        assert policy["object-src"] == policy["base-uri"] == "'none'", address
        assert policy["form-action"] == policy["default-src"] == "'self'", address
        framed = address == "/embed"
        assert policy["frame-ancestors"] == ("*" if framed else "'none'"), address
        assert ("Cross-Origin-Resource-Policy" in said) != framed, address
    kept = said.get("Cache-Control", "")
    if address.startswith("/calendar/") or answer.mimetype.startswith("image/"):
        # Programs ask for calendars every few minutes; a reader's own browser may keep a photo for an hour.
        assert kept.startswith("private") or role == "-", address
    elif role != "-" or any(f"{{{key}}}" in address for key in KEYS):
        assert "no-store" in kept, address


def runs_nothing_that_is_written_in_it(address, answer):
    page = answer.get_data(as_text=True)
    assert not INLINE.search(page), (address, INLINE.search(page))
    nonce = re.search(
        r"script-src [^;]*'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"]
    )
    for attributes in SCRIPT.findall(page):
        data = 'type="application/json"' in attributes
        assert data or f'nonce="{nonce[1]}"' in attributes, (address, attributes)


def believes_no_host(address, answer):
    assert "evil.example" not in answer.headers.get("Location", ""), address
    if answer.mimetype.startswith(("text/", "application/")) and not address.endswith(".pdf"):
        assert b"evil.example" not in answer.data, address


@pytest.mark.parametrize("path", ["/cases//figures", "/static/old//css/house.css"])
def test_a_slash_too_many_leads_to_no_other_host(client, path):
    factories.area()
    answer = client.get(f"http://evil.example{path}", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    believes_no_host(path, answer)


def test_with_https_browsers_keep_to_it(app, client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    app.config["SESSION_COOKIE_SECURE"] = True
    for path in ("/", "/static/x", "/ping"):
        assert "max-age=31536000" in client.get(path).headers["Strict-Transport-Security"]


@ON_SQLITE
@IN_THE_WORLD
def test_no_form_is_taken_without_its_token(app, world, monkeypatch):
    """Every route that takes a POST, sent by somebody who may, without a token and with an old one."""
    monkeypatch.setattr(conftest, "check_html", lambda _html: None)

    def rows():
        seen = everything()
        return {name: found for name, found in seen.items() if name != "signed_in"}

    before = rows()
    for address, _get, may in ROWS:
        if may in ("/", ".") or address in WEBHOOKS:
            continue
        browser, path = world.browser(who(may)), world.path(address)
        for data in ({}, {"csrf_token": "old"}):
            answer = browser.post(path, data=data)
            # Back to the page of the button, or the form again: with a sentence, and nothing done.
            assert answer.status_code in (200, 302, 400, 403, 409, 422), address
        assert rows() == before, address


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "javascript:alert(1)",
     "//evil.example%2f..", "http:evil.example", "/ /evil.example", "///evil.example", "/\u0000/evil.example", "data:text/html,x",
     "https:/evil.example", "/%0d%0aLocation:https://evil.example\r\nx", "evil.example", "", "@evil.example", "/" + "x" * 3000],
)  # fmt: skip
def test_next_leads_nowhere_else(client, target):
    factories.area()
    assert local(target, "/here") in ("/here", "//"[:1] + local(target, "/here").lstrip("/\\"))
    assert not re.match(r"/[/\\\s]|[^/]", local(target, "/here"))
    for path in ("/language/cy", "/sign-in", "/groups/new"):
        answer = client.get(path, query_string={"next": target})
        assert not re.match(r"(https?:)?[/\\]{2}(?!localhost)", answer.headers.get("Location", "/"))
        page = answer.get_data(as_text=True)
        assert 'href="//' not in page
        assert 'value="//' not in page


def test_the_same_question_twice_is_no_way_out(client):
    """Of two values of one name the same one is looked at and followed."""
    factories.area()
    answer = client.get("/language/cy?next=/assets&next=//evil.example")
    assert answer.location in ("/assets", "/")
    assert client.get("/assets?page=1&page=-1&kind=land&kind=").status_code == 200


def png(size=(8, 8)):
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, "PNG")
    return out.getvalue()


EVIL = b"<script>alert(document.domain)</script>"
HOSTILE_FILES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg">' + EVIL + b"</svg>",
    "svg as png": b"\x89PNG\r\n\x1a\n<svg>" + EVIL,
    "page as gif": b"GIF89a/*" + EVIL,
    "page": b"<!doctype html>" + EVIL,
    "zip": b"PK\x03\x04" + b"\0" * 64,
    "program": b"\x7fELF" + b"\0" * 64,
    "pdf that is none": b"%PDF-1.7\n" + EVIL,
    "nothing": b"",
    "too many pixels": png((8, 8))[:16] + (60_000).to_bytes(4, "big") * 2 + png()[24:],
    "too heavy": b"\xff\xd8\xff" + b"\0" * (papers.MOST_BYTES + 1),
}


@pytest.mark.parametrize("kind", HOSTILE_FILES)
def test_what_is_no_photo_and_no_paper_is_refused(kind):
    with pytest.raises(BadInput):
        papers.harmless(HOSTILE_FILES[kind], "file.png")


def test_of_a_photo_only_its_pixels_are_kept():
    """A picture that is a page, a script or an archive as well."""
    for behind in (EVIL, b"PK\x03\x04evil.zip", b"<?php system($_GET[0]); ?>"):
        kept = papers.harmless(png() + behind, "photo.png")
        assert kept.mime == "image/webp"
        assert kept.data.startswith(b"RIFF")
        assert behind[:9] not in kept.data


@pytest.mark.parametrize(
    "method", ["TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"]
)
def test_odd_methods_are_refused(client, method):
    answer = client.open("/", method=method)
    assert answer.status_code == 405
    assert "Werkzeug" not in answer.get_data(as_text=True)


NAMES = (
    "endpoint",
    "_external",
    "_scheme",
    "_anchor",
    "_method",
    "room_id",
    "self",
    "values",
    "x=y&endpoint",
)


@ON_SQLITE
@pytest.mark.parametrize("name", NAMES)
def test_what_is_asked_is_a_question_and_nothing_else(client, name):
    """An address may bring any name along; those that make addresses take some for themselves."""
    here = make.place()
    room, free = make.room(here), make.room(here, name="Blue room")
    make.confirmed(here, room)
    client.sign_in(here.organiser.email)
    asked = "&".join(f"{one}={value.replace(' ', '+')}" for one, value in NEED.items())
    for query in (f"{name}=javascript", f"{asked}&{name}=javascript&_external=1"):
        for path in (
            "/rooms",
            "/rooms/find",
            "/needs/new",
            f"/rooms/{free.id}/ask",
            f"/rooms/{room.id}/wait",
        ):
            answer = client.get(f"{path}?{query}")
            assert answer.status_code in (200, 302, 422), path
            assert answer.headers.get("Location", "/rooms").startswith(("/rooms", "/needs")), path
            page = answer.get_data(as_text=True)
            assert not re.search(
                r'(href|action)="(?!/|#|https?://(localhost|127\.0\.0\.1)|\?)', page
            ), path
