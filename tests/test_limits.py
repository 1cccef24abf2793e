"""Sign-in letters are limited by address and by visitor, and say so in words."""

import pytest

from portal.app import create_app
from portal.db import db
from portal.notices.models import Letter
from tests import factories
from tests.conftest import CheckedClient, csrf_token


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
    assert told == [200] * 10
    assert late.status_code == 429
    page = late.get_data(as_text=True)
    assert "Wait an hour" in page
    assert "Rosa@example.org" in page
    assert ask(client, "anil@example.org", "10.0.0.99").status_code == 200
    with limited.app_context():
        assert db.session.query(Letter).count() == 11


def test_one_visitor_cannot_write_to_everybody(limited):
    client = limited.test_client()
    told = [ask(client, f"p{n}@example.org", "10.9.9.9").status_code for n in range(31)]
    assert told == [200] * 30 + [429]
    assert client.get("/sign-in", headers={"X-Forwarded-For": "10.9.9.9"}).status_code == 200
