"""Bring a database up to date with Alembic; the migrations live in migrations/ at the top of the checkout."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from portal.config import ROOT

# What only one engine has and the migrations make by hand: PostGIS's own tables, the index of words, and exclusion
# constraints.
ENGINES_OWN = ("spatial_ref_sys", "asset_words", "ix_asset_words", "ex_")


def ours(_thing: object, name: str | None, _kind: str, reflected: bool, _other: object) -> bool:
    """Whether Alembic should compare this with the models."""
    return not (reflected and (name or "").startswith(ENGINES_OWN))


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to a revision. Two at once are safe: the second waits, then finds nothing to do."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back to a revision; `base` empties the database."""
    _run(engine, command.downgrade, revision)


def head() -> str | None:
    """The revision that this code wants."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def _run(engine: Engine, what, revision: str) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    # A writing transaction from the first statement: on SQLite it takes the lock, so that two starts do not race.
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20260101)")
        settings.attributes["connection"] = connection
        what(settings, revision)
