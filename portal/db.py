"""The database on two engines: typed columns, the write transaction, and what SQLite must be told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from math import inf
from random import uniform
from time import monotonic, sleep
from typing import IO, Any

import shapely
from flask import g, has_request_context
from flask_babel import force_locale
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import DateTime, Enum, LargeBinary, MetaData, String, event, func
from sqlalchemy.dialects.postgresql.base import ischema_names as postgresql_types
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as WaitedTooLong
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from portal.config import FIRST_LANGUAGE

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # not a Unix: SQLite's own patience has to do
    flock = None

db = SQLAlchemy(session_options={"autoflush": True})


class Model(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database; SQLite's text sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class PostgisShape(UserDefinedType[bytes]):
    """PostGIS geometry that travels as plain WKB, so that Shapely's are the only shapes in Python."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "geometry(Geometry,4326)"

    def bind_expression(self, bindvalue: Any) -> Any:
        return func.ST_GeomFromWKB(bindvalue, 4326, type_=self)

    def column_expression(self, column: Any) -> Any:
        return func.ST_AsBinary(column, type_=self)  # so this type reads what comes, not Shape

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002
        return lambda value: None if value is None else shapely.from_wkb(bytes(value))


# So that migrations recognise the column when they compare the database with the models.
postgresql_types["geometry"] = lambda *_: PostgisShape()


class Shape(TypeDecorator[shapely.Geometry]):
    """A Shapely geometry in EPSG:4326: WKB on SQLite, PostGIS geometry on PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return PostgisShape()
        return LargeBinary()

    def process_bind_param(self, value: shapely.Geometry | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else shapely.to_wkb(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> shapely.Geometry | None:  # noqa: ARG002
        return None if value is None else shapely.from_wkb(bytes(value))


class Listed(TypeDecorator[tuple[Any, ...]]):
    """A few short words or numbers in one column, in their order: a tuple in Python, with spaces between in the database."""

    impl = String(200)
    cache_ok = True

    def __init__(self, kind: type[Any] = str) -> None:
        self.kind = kind
        super().__init__()

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else " ".join(str(self.kind(one)) for one in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Any, ...] | None:  # noqa: ARG002
        return None if value is None else tuple(self.kind(one) for one in value.split())


def choice(values: type[StrEnum]) -> Enum:
    """A column that holds one of a StrEnum's values, as readable text on both engines."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda enum: [member.value for member in enum],
    )


AT_THE_END = "at the end of the transaction"


def at_the_end(call: Callable[[Session, list[Any]], None], thing: Any) -> None:
    """Have `call` do this, and all that was kept for it in the same way, last of all before the running transaction commits:
    for what takes a lock that everybody wants.
    """
    db.session.info[AT_THE_END].setdefault(call, []).append(thing)


@contextmanager
def transaction() -> Iterator[Session]:
    """One user action: everything in it is committed, or nothing.

    The reading that led here ends first and its objects are read anew inside, so an action decides on what is
    true now, not on what a page showed. On SQLite the writer's lock is taken at the start (BEGIN IMMEDIATE):
    asking for it later can fail with work already done.
    """
    session = db.session
    if writing():
        raise RuntimeError("a transaction within a transaction would wait for itself")
    session.rollback()
    with _in_turn(session):
        session.connection(execution_options={"writes": True})
        try:
            # What is written down, letters too, is for others than whoever pressed the button.
            with force_locale(FIRST_LANGUAGE):
                session.info[AT_THE_END] = {}
                yield session
                session.flush()
                for call, things in session.info[AT_THE_END].items():
                    call(session, things)
        except BaseException:
            session.rollback()
            raise
        _commit(session)


AT_COMMIT = "while it was being committed"


def _commit(session: Session) -> None:
    """Commit; an error says that it came of this, since then nobody may know whether all is written or nothing."""
    try:
        session.commit()
    except BaseException as error:
        error.add_note(AT_COMMIT)
        session.rollback()
        raise
    if has_request_context():
        g.kept = True  # what breaks from here on cannot say that nothing was


MOST_WAIT = 20.0  # seconds that a page waits for its turn; a command waits as long as it takes
LOOK_EVERY = 0.02


@contextmanager
def _in_turn(session: Session) -> Iterator[None]:
    """On SQLite writers stand in a queue, at a file beside the database; a process that is killed leaves it by that.

    SQLite itself lets a writer look again and again whether the other is done: with many writers some look in vain
    until their patience ends.
    """
    engine = session.get_bind()
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if not file or file == ":memory:" or flock is None:
        yield
        return
    with open(f"{file}-queue", "a") as queue:  # noqa: PTH123 - the path is the database's own
        if has_request_context():
            _wait_for(queue)
        else:
            flock(queue, LOCK_EX)
        yield


def _wait_for(queue: IO[str]) -> None:
    """Take the lock; give up, so that somebody who waits before a page hears of it."""
    begun = monotonic()
    while True:
        try:
            flock(queue, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            if monotonic() - begun > MOST_WAIT:
                raise WaitedTooLong(f"no turn to write within {MOST_WAIT:.0f} seconds") from None
            sleep(uniform(LOOK_EVERY / 10, LOOK_EVERY))  # noqa: S311 - so that all have the same chance
        else:
            return


def writing() -> bool:
    """Whether this is inside `transaction`."""
    session = db.session
    if not session.in_transaction():
        return False
    return bool(session.connection().get_execution_options().get("writes"))


def alone(query: str, values: Sequence[Any]) -> list[Any]:
    """One question by the driver itself, outside any transaction: for what every request asks, where each further trip
    to the server is felt. It sees what is true for everybody now, whatever the session is at. Its marks are "?".
    """
    engine = db.engine
    try:
        return _alone(engine, query, values)
    except engine.dialect.dbapi.Error as error:
        if CUT_OFF not in getattr(error, "__notes__", ()):
            raise
        # The server was started anew: none of its connections is worth anything, and a question may be asked again.
        engine.dispose()
        return _alone(engine, query, values)


CUT_OFF = "the connection was cut off"


def _alone(engine: Engine, query: str, values: Sequence[Any]) -> list[Any]:
    postgresql = engine.dialect.name == "postgresql"
    with closing(engine.raw_connection()) as connection:
        driver = connection.driver_connection
        try:
            if postgresql:
                driver.autocommit = True
                query = query.replace("?", "%s")
            return list(driver.execute(query, values).fetchall())
        except engine.dialect.dbapi.Error as error:
            if engine.dialect.is_disconnect(error, driver, None):
                error.add_note(CUT_OFF)
            raise
        finally:
            if postgresql and not driver.closed:
                driver.autocommit = False


def engine_options(url: str, *, pooled: bool = False) -> dict[str, Any]:
    """How to make the engine of an address. A PostgreSQL that has gone silent is given up within seconds, not minutes.
    `pooled`: through PgBouncer, where the next statement may meet another server process, which knows nothing of the last one's.
    """
    # What people wrote is in the values of statements: an error's traceback does not repeat them.
    options: dict[str, Any] = {"url": url, "hide_parameters": True}
    if not url.startswith("sqlite"):
        options["pool_timeout"] = CONNECT_WITHIN
        options["connect_args"] = {
            "connect_timeout": CONNECT_WITHIN, "application_name": "meanwhile",
            "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000,
        }  # fmt: skip
        if pooled:
            options["connect_args"]["prepare_threshold"] = None
    return options


CONNECT_WITHIN = 5  # seconds
RESTED = 5.0  # seconds
CACHE_KIB = 16_384  # of SQLite's pages, for each connection


def _ping_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it still stands, not each time: that is a trip for every request."""

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        record.info["used"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _checkout(connection: Any, record: Any, _proxy: object) -> None:
        if monotonic() - record.info.get("used", inf) > RESTED:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.dbapi.Error as gone:
                raise InvalidatePoolError from gone  # the pool then makes new ones


def prepare(engine: Engine) -> None:
    """Teach an SQLite engine what PostgreSQL does by itself, and an engine elsewhere to look whether it is still there."""
    if engine.dialect.name != "sqlite":
        _ping_after_rest(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        # SQLAlchemy says when a transaction begins (below), not the driver.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            # Every commit reaches the disk before it is acknowledged: a plug that is pulled takes nothing back.
            "synchronous=FULL",
            f"cache_size=-{CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
