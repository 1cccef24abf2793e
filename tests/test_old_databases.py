"""A database of each release is put back by today's code, brought up to date, and is all there."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal import clock
from portal.backup import archive, service
from portal.db import db
from portal.money import queries as money
from portal.notices.models import Letter
from portal.people.models import User
from portal.ticks import tick
from tests.backup.conftest import own, url  # noqa: F401 - their fixtures
from tests.conftest import CheckedClient

KEPT = Path(__file__).parent / "data" / "old"
RELEASES = sorted({path.stem.rpartition("-")[0] for path in KEPT.glob("*.zip")})
# Whose rows a migration writes anew in another shape: name -> why.
CHANGED: dict[str, str] = {}
MOST_PAGES = 14  # for each of those who look round
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')
NOT_FOLLOWED = re.compile(r"/(sign-out|language|calendar)|.*\.\w+$")  # files are not pages


@pytest.fixture
def kept(engine_name, request):
    """The backup of a release."""
    return KEPT / f"{request.param}-{engine_name}.zip"


@pytest.mark.parametrize("kept", RELEASES, indirect=True)
def test_it_is_brought_up_and_all_of_it_is_there(own, kept):  # noqa: F811
    said = archive.read(kept)
    service.restore(kept, replace=True)
    app = own
    app.test_client_class = CheckedClient
    with db.engine.connect() as connection:
        for name, number in said.tables.items():
            if name not in CHANGED:
                now = connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar()
                assert now == number, name
    last = db.session.scalar(select(func.max(Letter.written_at)))
    with clock.at(last + timedelta(minutes=1)):
        assert sum(money.balances().values()) == 0
        assert money.faults() == []
        tick()
        seen = {who: look_round(app, who) for who in (None, *everybody())}
    assert len(seen[None]) > 10
    assert any(re.fullmatch(r"/cases/\d+", path) for path in seen[None])
    assert any("/lets/" in path for path in seen["ruth@example.org"])


def everybody() -> list[str]:
    found = list(db.session.scalars(select(User.email).order_by(User.id)))
    db.session.close()
    return found[:2]


def look_round(app, who: str | None) -> set[str]:
    """Open the pages that somebody finds from the first one on; each must be whole."""
    client, seen = app.test_client(), set()
    if who:
        client.sign_in(who)
    waiting = ["/desk"] if who else ["/cases", "/", "/assets", "/rooms"]
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen or NOT_FOLLOWED.match(path):
            continue
        seen.add(path)
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code < 400, path
        if answer.mimetype == "text/html":
            found = LINK.findall(answer.get_data(as_text=True))
            waiting += [link.replace("&amp;", "&") for link in found if "?" not in link]
    return seen
