"""On a server where the portal's user is nobody special, as the set-up on docs/operators.md makes it."""

import pytest
from sqlalchemy import create_engine, text

from portal import clock, config
from portal.app import create_app
from portal.backup import service
from portal.db import db
from portal.migrate import upgrade
from tests import cluster, factories, requirements
from tests.conftest import THE_DAY, broken


@pytest.fixture(scope="module")
def server():
    requirements.need(cluster.binaries() is not None, "PostgreSQL's own programs")
    with cluster.Cluster() as made:
        requirements.need(made.has("postgis"), "PostGIS")
        _as_administrator(
            made, "postgres", "CREATE ROLE plain LOGIN CREATEDB", "CREATE ROLE plainer LOGIN"
        )
        yield made


def _as_administrator(server, name: str, *statements: str) -> None:
    engine = create_engine(server.url(name), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _portal(server, user: str):
    url = server.url(f"of_{user}").replace("meanwhile@", f"{user}@")
    return create_app(DATABASE_URL=url, SECRET_KEY="test", TESTING=True)


@pytest.mark.xdist_group("cluster")
def test_it_backs_up_tries_and_puts_back(server, tmp_path, monkeypatch):
    monkeypatch.setattr(config, "INSTANCE", tmp_path)
    extensions = ("CREATE EXTENSION postgis", "CREATE EXTENSION btree_gist")
    for user in ("plain", "plainer"):
        _as_administrator(server, "postgres", f"CREATE DATABASE of_{user} OWNER {user}")
        _as_administrator(server, f"of_{user}", *extensions)
    with _portal(server, "plain").app_context(), clock.at(THE_DAY):
        upgrade(db.engine)
        factories.user("before@example.org")
        told = service.backup(tmp_path / "first", tried=True)
        assert not told["tried"], "the template has no PostGIS yet"
        assert "template1" in told["not tried because"]
        db.engine.dispose()
        _as_administrator(server, "template1", *extensions)
        told = service.backup(tmp_path / "second")
        assert told["tried"]
        told = service.restore(tmp_path / "second" / told["backup"], replace=True)
        assert told["what was there is now"].startswith("of_plain_before_")
        db.session.close()
        db.engine.dispose()
    with _portal(server, "plainer").app_context(), clock.at(THE_DAY):
        path = tmp_path / "second" / told["backup"]
        with broken("may-not-create"):
            service.check(path)
        told = service.restore(path)  # to an empty database that somebody made for it
        assert told["rows"] == 2  # and when it was backed up
        db.session.close()
        db.engine.dispose()
