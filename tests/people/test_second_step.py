"""The second step: set up before staff see anything, asked at each sign-in, each code once; lost, reset, turned off."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal import clock
from portal.cli import main
from portal.db import db
from portal.errors import RuleBroken
from portal.notices.models import Letter
from portal.people import second_step, service
from portal.people.models import RecoveryCode, RoleGrant, SecondStep, SignedIn, User
from portal.people.rules import FRESH, Role
from tests import factories
from tests.conftest import broken, csrf_token

STAFF = "panel@example.org"
HALF_MINUTE = timedelta(seconds=30)
STEP = "/sign-in/second-step"
SET_UP = "/account/second-step"


@pytest.fixture(autouse=True)
def area(app):
    app.config["SECOND_STEP"] = "staff"
    area = factories.area()
    factories.with_role(area, Role.PANEL, email=STAFF)
    return area


@pytest.fixture(autouse=True)
def _cheap_paper(monkeypatch):
    monkeypatch.setitem(second_step.SCRYPT, "n", 2)


@pytest.fixture
def client(app):
    client = app.test_client()
    client.signs_in_again = False
    return client


def typed_key(page):
    return re.search(r'mw-typed-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")


def set_up(client, next_url="/account"):
    """Set the second step up by its page; returns the secret and the recovery codes."""
    path = f"{SET_UP}?next={next_url}"
    page = client.get(path).get_data(as_text=True)
    secret = typed_key(page)
    code = now_code(secret)
    done = client.post(path, data={"csrf_token": csrf_token(page), "code": code})
    assert done.status_code == 200
    return secret, re.findall(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}\b", done.get_data(as_text=True))


def now_code(secret, off=0):
    return pyotp.TOTP(secret).at(clock.now() + off * HALF_MINUTE)


def has(client, path="/account"):
    return client.get(path).status_code == 200


@pytest.fixture
def ready(client):
    """Somebody of the panel with a second step, half a minute later, who signs in again by letter."""
    client.sign_in(STAFF)
    client.secret, client.codes = set_up(client)
    with clock.at(clock.now() + HALF_MINUTE):
        client.sign_in(STAFF)
        yield client


def test_staff_see_nothing_before_it_is_set_up(client):
    client.sign_in(STAFF)
    for path in ("/account", "/desk", "/cases"):
        answer = client.get(path)
        if path == "/cases":  # public, and as a stranger sees it
            assert "/sign-in" in answer.get_data(as_text=True)
            assert "Your desk" not in answer.get_data(as_text=True)
        else:
            assert answer.location == f"{SET_UP}?next={path}"
    secret, codes = set_up(client, "/desk")
    assert len(set(codes)) == 10
    assert has(client, "/account")
    assert has(client, "/desk")
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    held = [*hashes, db.session.scalar(select(SecondStep.salt))]
    assert not [one for one in held if one in (*codes, secret)]


def test_in_a_browser_left_open_nobody_sets_it_up(client):
    """Somebody got a role after they had signed in: whoever finds that browser must not tie their own telephone to it."""
    client.sign_in("rosa@example.org")
    page = client.get(SET_UP).get_data(as_text=True)
    code = now_code(typed_key(page))
    service.give_role("rosa@example.org", Role.PANEL)
    with clock.at(clock.now() + FRESH):
        assert client.get(SET_UP).location == f"/sign-in?next={SET_UP}"
    with clock.at(clock.now() + 2 * FRESH):
        late = client.post(SET_UP, data={"csrf_token": csrf_token(page), "code": code})
        assert late.status_code == 403
        assert db.session.scalar(select(func.count(SecondStep.user_id))) == 0
        client.sign_in("rosa@example.org")
        set_up(client)
        assert has(client)


def test_what_was_typed_meanwhile_is_not_lost(client):
    client.sign_in(STAFF)
    token = csrf_token(client.get(SET_UP).get_data(as_text=True))
    answer = client.post("/account", data={"csrf_token": token, "name": "Pat of the panel"})
    assert answer.status_code == 403
    assert "Pat of the panel" in answer.get_data(as_text=True)


def test_others_need_none(client):
    client.sign_in("rosa@example.org")
    assert has(client)


def test_off_means_nobody_must(client, app):
    app.config["SECOND_STEP"] = "off"
    client.sign_in(STAFF)
    assert has(client)


def test_a_wrong_first_code_sets_nothing_up(client):
    client.sign_in(STAFF)
    page = client.get(SET_UP).get_data(as_text=True)
    answer = client.post(SET_UP, data={"csrf_token": csrf_token(page), "code": "000000"})
    assert answer.status_code == 409
    again = answer.get_data(as_text=True)
    assert typed_key(again) == typed_key(page)  # the telephone need not scan once more
    assert db.session.scalar(select(func.count(SecondStep.user_id))) == 0


def test_at_the_next_sign_in_the_code_is_asked(ready):
    assert ready.get("/desk").location == f"{STEP}?next=/desk"
    assert ready.get(SET_UP).location.startswith(STEP)  # no way round by a new telephone
    with ready.session_transaction() as kept:
        before = kept["_user_id"]
    done = ready.send(f"{STEP}?next=/desk", {"code": now_code(ready.secret)})
    assert done.location == "/desk"
    assert has(ready, "/desk")
    with ready.session_transaction() as kept:
        assert kept["_user_id"] != before


def test_a_code_is_taken_once(ready, app):
    code = now_code(ready.secret)
    assert ready.send(STEP, {"code": code}).status_code == 302
    other = app.test_client().sign_in(STAFF)
    assert other.send(STEP, {"code": code}).status_code == 409
    assert not has(other)


def test_of_two_who_send_the_same_code_at_once_one_is_in(ready, app):
    app.test_client().sign_in(STAFF)
    user_id, code = db.session.scalar(select(SecondStep.user_id)), now_code(ready.secret)
    rows = db.session.scalars(select(SignedIn.id).where(SignedIn.second_step_at.is_(None))).all()
    now = clock.now()
    db.session.close()

    def send(row):
        with app.app_context(), clock.at(now):
            try:
                return second_step.pass_step(user_id, code, here=row)
            except RuleBroken as refused:
                return refused.code
            finally:
                db.session.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(send, rows))
    assert len(told) == 2
    assert told.count("wrong-code") == 1


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])  # fmt: skip
def test_a_telephone_may_be_half_a_minute_off(ready, off, taken):
    with clock.at(clock.now() + 4 * HALF_MINUTE):
        answer = ready.send(STEP, {"code": f" {now_code(ready.secret, off)[:3]} {now_code(ready.secret, off)[3:]}"})  # fmt: skip
    assert (answer.status_code == 302) == taken


def test_five_wrong_codes_in_a_row_wait(ready):
    for _n in range(5):
        assert ready.send(STEP, {"code": "000000"}).status_code == 409
    right = ready.send(STEP, {"code": now_code(ready.secret)})
    assert right.status_code == 409
    assert "quarter of an hour" in right.get_data(as_text=True)
    assert ready.send(STEP, {"code": ready.codes[0]}).status_code == 409  # nor by paper
    with clock.at(clock.now() + second_step.WAIT):
        assert ready.send(STEP, {"code": now_code(ready.secret)}).status_code == 302


def test_a_recovery_code_lets_in_once_and_is_told(ready, app):
    assert ready.send(STEP, {"code": ready.codes[3].lower().replace("-", " ")}).status_code == 302
    assert has(ready)
    told = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert "You have 9 left" in told.body
    other = app.test_client().sign_in(STAFF)
    assert other.send(STEP, {"code": ready.codes[3]}).status_code == 409
    assert other.send(STEP, {"code": ready.codes[4]}).status_code == 302


def test_what_is_no_code_lets_nobody_in(ready):
    for typed in ("", " ", "x" * 500, "٣٣٣٣٣٣", "12345", "'; --", "\x00"):
        assert ready.send(STEP, {"code": typed}).status_code in (409, 422), typed
    assert not has(ready)


def test_setting_it_up_signs_out_everywhere_else(client, app):
    other = app.test_client().sign_in("rosa@example.org")
    client.sign_in("rosa@example.org")
    set_up(client)
    assert has(client)
    assert not has(other)
    letters = db.session.scalars(select(Letter.subject)).all()
    assert letters == ["Your second step is set up"]


def test_new_codes_void_the_old_paper(ready):
    ready.send(STEP, {"code": now_code(ready.secret)})
    page = ready.send("/account/second-step/codes", {}).get_data(as_text=True)
    assert ready.codes[0] not in page
    user_id = db.session.scalar(select(SecondStep.user_id))
    row = db.session.scalar(select(SignedIn.id))
    with broken("wrong-code"):
        second_step.pass_step(user_id, ready.codes[0], here=row)
    assert second_step.codes_left(user_id) == 10


def test_another_telephone_takes_the_place_of_the_first(ready):
    ready.send(STEP, {"code": now_code(ready.secret)})
    with clock.at(clock.now() + HALF_MINUTE):
        secret, _codes = set_up(ready)
        assert secret != ready.secret
        with clock.at(clock.now() + HALF_MINUTE):
            ready.sign_in(STAFF)
            assert ready.send(STEP, {"code": now_code(ready.secret)}).status_code == 409
            assert ready.send(STEP, {"code": now_code(secret)}).status_code == 302


def test_it_can_be_turned_off_by_who_need_not(client):
    client.sign_in("rosa@example.org")
    set_up(client)
    assert client.send("/account/second-step/off", {}).location == "/account"
    client.sign_in("rosa@example.org")
    assert has(client)
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 0


def test_what_is_serious_asks_for_the_code_again(ready):
    ready.send(STEP, {"code": now_code(ready.secret)})
    assert has(ready, "/account/second-step/codes")
    with clock.at(clock.now() + FRESH):
        asked = ready.get("/account/second-step/codes")
        assert asked.location == "/account/confirm?next=/account/second-step/codes"
        assert ready.get(SET_UP).location.startswith("/account/confirm")
        assert ready.send(asked.location, {"code": "000000"}).status_code == 409
        assert ready.send(asked.location, {"code": now_code(ready.secret)}).status_code == 302
        assert has(ready, "/account/second-step/codes")


@pytest.fixture
def administrator(app, area):
    app.config["SECOND_STEP"] = "off"
    factories.with_role(area, Role.ADMINISTRATOR, email="ada@example.org")
    return app.test_client().sign_in("ada@example.org")


def test_an_administrator_takes_it_off_and_the_person_hears_why(ready, administrator, app):
    app.config["SECOND_STEP"] = "staff"
    ready.send(STEP, {"code": now_code(ready.secret)})
    app.config["SECOND_STEP"] = "off"
    said = {"email": " Panel@example.org", "why": "Lost on a bus; rang back."}
    done = administrator.send("/people/second-step", said)
    assert done.status_code == 302
    assert not has(ready)
    letter = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert (letter.to, "Lost on a bus" in letter.body) == (STAFF, True)
    again = administrator.send("/people/second-step", said)
    assert again.status_code == 409
    assert "Lost on a bus" in again.get_data(as_text=True)
    app.config["SECOND_STEP"] = "staff"
    ready.sign_in(STAFF)
    assert ready.get("/desk").location.startswith(SET_UP)


def test_nobody_takes_off_that_of_another_area(ready, administrator):
    elsewhere = factories.area(slug="elsewhere", name="Elsewhere")
    person = db.session.scalar(select(User.id).where(User.email == STAFF))
    db.session.add(RoleGrant(user_id=person, role=Role.BROKER, area_id=elsewhere.id))
    db.session.commit()
    refused = administrator.send("/people/second-step", {"email": STAFF, "why": "Lost."})
    assert refused.status_code == 409
    assert "another area" in refused.get_data(as_text=True)
    assert second_step.reset(STAFF, "Rang back.").email == STAFF  # by the command line


def test_nobody_takes_their_own_off_that_way(administrator):
    set_up(administrator)
    said = {"email": "ada@example.org", "why": "Mine."}
    assert administrator.send("/people/second-step", said).status_code == 409


def test_the_command_line_takes_it_off_too(ready, app, monkeypatch):
    monkeypatch.setattr("portal.cli._app", lambda: app)
    told = CliRunner().invoke(main, ["reset-second-step", STAFF, "--why", "Lost."])
    assert told.exit_code == 0, told.output
    assert db.session.scalar(select(func.count(SecondStep.user_id))) == 0
    told = CliRunner().invoke(main, ["reset-second-step", "nobody@example.org", "--why", "x"])
    assert told.exit_code == 2


def test_with_another_secret_key_the_telephone_is_worth_nothing(ready, app):
    user_id = db.session.scalar(select(User.id).where(User.email == STAFF))
    salt = second_step.of(user_id).salt
    assert second_step.secret_of(user_id, salt) == ready.secret
    app.config["SECRET_KEY"] = "another"
    assert second_step.secret_of(user_id, salt) != ready.secret


def test_the_secret_is_on_no_page_that_is_kept(client):
    client.sign_in(STAFF)
    assert client.get(SET_UP).headers["Cache-Control"] == "private, no-store"
