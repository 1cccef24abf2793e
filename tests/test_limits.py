"""What is asked for too often is refused in words, with what was typed; one address must not lock out a whole library."""

import re
from pathlib import Path

import pytest
from limits import parse_many

from portal import limits
from portal.app import create_app
from portal.db import db
from portal.limits import LIMITS, UNCOUNTED
from portal.notices.models import Letter
from tests import factories
from tests.conftest import CheckedClient, csrf_token

ROOT = Path(__file__).resolve().parents[1]
A_BUSY_HOUR = 30  # people in a library's course who all sign in, and half of them twice


@pytest.fixture
def limited(app):
    """The application as it runs, with its limits."""
    factories.area()
    limited = create_app(
        DATABASE_URL=app.config["DATABASE_URL"],
        SECRET_KEY="test",
        RATELIMIT_ENABLED=True,
        PROXIES="1",
    )
    limited.test_client_class = CheckedClient
    limits._asked[1].clear()
    yield limited
    with limited.app_context():
        db.engine.dispose()


def ask(client, email, visitor):
    headers = {"X-Forwarded-For": visitor}
    token = csrf_token(client.get("/sign-in", headers=headers).get_data(as_text=True))
    data = {"email": email, "csrf_token": token}
    return client.post("/sign-in", data=data, headers=headers)


def test_the_eleventh_letter_to_one_address_waits_whoever_asks(limited):
    client = limited.test_client()
    told = [ask(client, "rosa@example.org", f"10.0.0.{n}").status_code for n in range(10)]
    late = ask(client, " Rosa@example.org", "10.0.0.99")
    assert told == [302] * 10
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 3600
    page = late.get_data(as_text=True)
    assert "Wait an hour" in page
    assert "Rosa@example.org" in page
    assert ask(client, "anil@example.org", "10.0.0.99").status_code == 302
    with limited.app_context():
        assert db.session.query(Letter).count() == 11


def hit(name, visitor):
    """Count once, without the page."""
    counted = limits.limiter
    limit = parse_many(LIMITS[name].visitor)[0]
    counted.limiter.hit(limit, counted._key_prefix, visitor, name)


def test_one_visitor_cannot_write_to_everybody(limited):
    client = limited.test_client()
    most = parse_many(LIMITS["sign-in"].visitor)[0].amount
    for _n in range(most):
        hit("sign-in", "10.9.9.9")
    assert ask(client, "rosa@example.org", "10.9.9.9").status_code == 429
    assert client.get("/sign-in", headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 200
    assert ask(client, "rosa@example.org", "10.9.9.8").status_code == 302


def test_a_program_hears_of_it_as_json(limited):
    client = limited.test_client()
    for _n in range(parse_many(LIMITS["search"].visitor)[0].amount):
        hit("search", "10.8.8.8")
    headers = {"X-Forwarded-For": "10.8.8.8"}
    # A few questions a worker answers before it asks what the others have counted.
    told = [client.get("/ping", headers=headers).status_code for _n in range(2)]
    told += [client.get("/assets.geojson", headers=headers).status_code for _n in range(UNCOUNTED)]
    assert set(told) == {200}
    answer = client.get("/assets.geojson", headers=headers)
    assert client.get("/assets.geojson", headers={"X-Forwarded-For": "10.8.8.9"}).status_code == 200
    assert answer.status_code == 429
    assert answer.json["status"] == 429
    assert "Wait a minute" in answer.json["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert client.get("/tiles/14/8080/5300.mvt", headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("download", ["/assets.csv", "/assets.gpkg", "/cases.csv", "/cases.json", "/questions.csv"]),
        ("paper", ["/cases/1/sign.pdf", "/cases/1/hearing/notice.pdf", "/cases/1/letters/1.pdf", "/cases/1/petition/sheet.pdf"]),
    ],
)  # fmt: skip
def test_every_file_that_takes_long_to_make_is_limited(limited, name, paths):
    for _n in range(parse_many(LIMITS[name].visitor)[0].amount):
        hit(name, "10.7.7.7")
    client = limited.test_client()
    told = {path: client.get(path, headers={"X-Forwarded-For": "10.7.7.7"}) for path in paths}
    assert {path: answer.status_code for path, answer in told.items()} == dict.fromkeys(paths, 429)


def test_who_is_signed_in_counts_for_themselves(limited):
    """A council's whole staff comes from one address."""
    ada, ben = limited.test_client(), limited.test_client()
    with limited.app_context():
        ada.sign_in("ada@example.org")
        ben.sign_in("ben@example.org")
    seen = []
    for client in (ada, ben):
        with client:
            client.get("/account")
            seen.append(limits.visitor())
    assert seen[0].startswith("signed-in:")
    assert seen[0] != seen[1]


def test_more_browsers_are_no_more_turns(limited):
    """Who signs in again, or keeps cookies of sign-ins that are over, does not begin to count anew."""
    first, second = limited.test_client(), limited.test_client()
    with limited.app_context():
        first.sign_in("ada@example.org")
        second.sign_in("ada@example.org")
    over = first.get_cookie("session").value
    seen = []
    for client in (first, second):
        with client:
            client.get("/account")
            seen.append(limits.visitor())
    assert seen[0] == seen[1]
    token = csrf_token(first.get("/account").get_data(as_text=True))
    first.post("/sign-out", data={"csrf_token": token})
    first.set_cookie("session", over)
    with first:
        first.get("/cases")
        assert limits.visitor() == "127.0.0.1"


def test_of_many_addresses_in_one_house_none_begins_anew(limited):
    """IPv6 gives each line more addresses than there are letters to write."""
    client = limited.test_client()
    for _n in range(parse_many(LIMITS["sign-in"].visitor)[0].amount):
        hit("sign-in", "2001:db8:1:2::/64")
    assert ask(client, "rosa@example.org", "2001:db8:1:2:ffff::9").status_code == 429
    assert ask(client, "rosa@example.org", "2001:db8:1:3::9").status_code == 302
    assert ask(client, "rosa@example.org", "::ffff:10.0.0.7").status_code == 302


@pytest.mark.parametrize(
    ("address", "house"),
    [("10.0.0.7", "10.0.0.7"), ("::ffff:10.0.0.7", "10.0.0.7"), ("2001:db8::1", "2001:db8::/64"), ("a.sock", "a.sock"), ("", ""), ("fe80::1%eth0", "fe80::/64")],
)  # fmt: skip
def test_whose_an_address_is(address, house):
    assert limits.house_of(address) == house


def test_a_library_behind_one_address_is_not_locked_out():
    for name, limit in LIMITS.items():
        hourly = min(one.amount * 3600 / one.get_expiry() for one in parse_many(limit.visitor))
        assert hourly >= A_BUSY_HOUR * 2, name


def test_every_line_of_the_table_is_used_and_nothing_is_limited_beside_it():
    source = {path: path.read_text() for path in (ROOT / "portal").rglob("*.py")}
    used = {
        name for text in source.values() for name in re.findall(r'@limited\("([\w-]+)"\)', text)
    }
    assert used == set(LIMITS)
    beside = [path for path, text in source.items() if "limiter.limit(" in text]
    assert not beside, beside


def test_the_operators_read_the_same_table():
    told = (ROOT / "docs" / "operators.md").read_text()
    for name, limit in LIMITS.items():
        each = f"{limit.address} for one e-mail address" if limit.address else "-"
        line = f"| {limit.about} | {limit.visitor} | {each} |"
        assert line.replace(";", ", ") in told, f"{name}: {line}"
