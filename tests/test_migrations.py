"""Migrations and models agree on both engines, and the way down leads back to nothing."""

import shutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text

from portal.app import create_app
from portal.db import db
from portal.migrate import downgrade, ours, upgrade
from portal.models import Model


@pytest.fixture
def fresh_url(engine_name, request, tmp_path):
    """A database of this test's own, migrated: the way down must not touch the other tests' one."""
    if engine_name == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "own.sqlite3")
        yield f"sqlite:///{tmp_path / 'own.sqlite3'}"
        return
    shared = make_url(request.getfixturevalue("postgresql_url"))
    name = f"{shared.database}_down"
    admin = create_engine(shared.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield shared.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(fresh_url):
    app = create_app(DATABASE_URL=fresh_url, SECRET_KEY="test")
    with app.app_context():
        upgrade(db.engine)
        yield db.engine
        db.engine.dispose()


def test_models_and_migrations_agree(engine):
    with engine.connect() as connection:
        options = {"include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, Model.metadata)
    assert not found, found


def test_up_again_changes_nothing_and_down_leaves_nothing(engine):
    upgrade(engine)
    downgrade(engine, "base")
    left = {
        name for name in inspect(engine).get_table_names() if not name.startswith("spatial_ref_sys")
    }
    assert left <= {"alembic_version"}
    upgrade(engine)
    assert "asset" in inspect(engine).get_table_names()


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_way_down_leaves_no_function_behind(engine):
    downgrade(engine, "base")
    with engine.connect() as connection:
        left = connection.scalars(
            text(
                "SELECT proname FROM pg_proc WHERE proname LIKE '%\\_kept' OR proname = 'hold_in_parts'"
            )
        ).all()
    assert not left
