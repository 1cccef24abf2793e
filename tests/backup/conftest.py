"""A database of a test's own, which may be backed up, put back and lose its name."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.engine import Engine

from portal import clock, config
from portal.app import create_app
from portal.backup import postgresql, sqlite
from portal.db import db
from tests.conftest import THE_DAY


@pytest.fixture
def url(engine_name, request, tmp_path) -> Iterator[str]:
    """The address of a migrated, empty database."""
    if engine_name == "sqlite":
        home = tmp_path / "home"
        home.mkdir()
        shutil.copy(request.getfixturevalue("sqlite_template"), home / "own.sqlite3")
        yield f"sqlite:///{home / 'own.sqlite3'}"
        return
    shared = make_url(request.getfixturevalue("postgresql_url"))
    name = f"{shared.database}_kept"
    admin = create_engine(shared.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with request.getfixturevalue("applications")(engine_name).app_context():
        db.engine.dispose()  # else the next test finds connections that were cut off
    with admin.connect() as connection:
        # The tests' own database is in nobody's hands between two tests, so it can be copied.
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": shared.database},
        )
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {shared.database}"))
        yield shared.set(database=name).render_as_string(hide_password=False)
        made = connection.execute(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, :name)"),
            {"name": name},
        )
        for (one,) in made.all():
            connection.execute(text(f'DROP DATABASE "{one}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def own(url, tmp_path, monkeypatch) -> Iterator[Flask]:
    """The application on it, with an instance folder of its own."""
    monkeypatch.setattr(config, "INSTANCE", tmp_path / "instance")
    app = create_app(DATABASE_URL=url, SECRET_KEY="test", TESTING=True, RATELIMIT_ENABLED=False)
    with app.app_context(), clock.at(THE_DAY):
        yield app
        db.session.close()
        db.engine.dispose()


def rows(engine: Engine) -> dict[str, list[str]]:
    """Everything in every table, as text in one order."""
    ways = {"sqlite": sqlite, "postgresql": postgresql}[engine.dialect.name]
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()))
            for name in ways.tables(connection)
        }


def shapes(engine: Engine) -> dict[str, object]:
    """Indexes, keys and triggers: what guards the rows is there again too."""
    seen = inspect(engine)
    guards = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 2",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return {
            "triggers": connection.exec_driver_sql(guards).all(),
            "indexes": {
                name: sorted(one["name"] or "" for one in seen.get_indexes(name))
                for name in seen.get_table_names()
                if not name.startswith("asset_words")
            },
        }


def beside(engine: Engine, path: Path) -> str:
    """The address of an empty database next to this one."""
    if engine.dialect.name == "sqlite":
        return f"sqlite:///{path / 'another.sqlite3'}"
    name = f"{engine.url.database}_another"
    admin = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return engine.url.set(database=name).render_as_string(hide_password=False)
