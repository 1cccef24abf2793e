"""What the application does on every page: refusals in words, headers, health."""

import re

import pytest

from portal.app import create_app
from portal.errors import BadInput, Forbidden, NotFound, RuleBroken
from portal.people.access import PUBLIC, allow
from portal.people.forms import SignInForm
from tests import factories

REFUSALS = [(RuleBroken, 409), (Forbidden, 403), (NotFound, 404), (BadInput, 400)]


@pytest.fixture(autouse=True)
def area(app):
    return factories.area()


@pytest.fixture
def refuse(app, monkeypatch):
    """Put a view that raises in the place of one that is there."""

    def put(endpoint, error):
        @allow(PUBLIC)
        def view():
            raise error

        monkeypatch.setitem(app.view_functions, endpoint, view)

    return put


@pytest.mark.parametrize(("kind", "status"), REFUSALS)
def test_a_refusal_is_a_page_in_words_with_what_was_typed(refuse, client, kind, status):
    refuse("people.sign_in", kind("a-code", "The plot “%(name)s” is let.", name="Hope <Street>"))
    answer = client.post("/sign-in", data={"words": "All that I wrote"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "The plot “Hope &lt;Street&gt;” is let." in page
    assert "All that I wrote" in page


def test_what_was_typed_stands_under_its_question(client, refuse):
    refuse("people.sign_in", Forbidden("a-code", "No."))
    sent = {"first-day": "31", "max_price": "12", "csrf_token": "x", "next": "/"}
    page = client.post("/sign-in", data=sent).get_data(as_text=True)
    shown = re.findall(r'list__key">\s*(.*?)\s*</dt>', page)
    assert shown == ["First: day", "Max price"]


def test_a_form_gives_its_questions_to_the_error_page(app, client, monkeypatch):
    @allow(PUBLIC)
    def view():
        SignInForm()
        raise Forbidden("a-code", "No.")

    monkeypatch.setitem(app.view_functions, "people.sign_in", view)
    page = client.post("/sign-in", data={"email": "ada@b.example"}).get_data(as_text=True)
    assert re.findall(r'list__key">\s*(.*?)\s*</dt>', page) == ["Your e-mail address"]


@pytest.mark.parametrize(("kind", "status"), REFUSALS)
def test_a_refusal_on_a_json_route_is_a_problem_document(refuse, client, kind, status):
    refuse("register.assets_geojson", kind("a-code", "No, %(name)s.", name="Rosa"))
    answer = client.get("/assets.geojson")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"] == "No, Rosa."
    assert answer.get_json()["code"] == "a-code"


def test_a_fault_of_ours_is_a_page_too_and_tells_nothing_inside(app, refuse):
    refuse("home.first_page", ZeroDivisionError("secret inside"))
    answer = super(type(app.test_client()), app.test_client()).open("/")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Nothing was half done" in page
    assert "secret inside" not in page


@pytest.mark.parametrize(("path", "status"), [("/nothing-here", 404), ("/sign-out", 405)])
def test_what_is_not_there_is_told_in_words(client, path, status):
    assert client.get(path).status_code == status


def test_too_much_is_told_in_words(client):
    assert client.post("/sign-in", data={"email": "x" * 3_000_000}).status_code == 413


def test_every_answer_carries_its_headers(client):
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self' 'nonce-" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_health_is_the_database_s(client):
    assert client.get("/healthz").get_json() == {"database": "answers"}
    assert client.get("/ping").data == b"pong"


def test_health_tells_when_the_database_is_away(tmp_path):
    app = create_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing", SECRET_KEY="test")
    assert app.test_client().get("/healthz").status_code == 503


def test_a_signed_out_reader_is_sent_to_sign_in_and_back(client):
    answer = client.get("/account?tab=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/account?tab%3D1"


def test_what_no_page_can_hold_is_left_out_of_what_was_typed(client):
    sent = client.post("/account", data={"a\x07\x80": "b\ufffe\x9fc", "csrf_token": "x"})
    assert sent.status_code == 403
    assert "bc" in sent.get_data(as_text=True)  # the client refuses a page that it cannot read
