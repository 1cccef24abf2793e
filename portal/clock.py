"""The one place that asks what time it is, so that walks, tests and the demo can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


def today(zone: ZoneInfo = LONDON) -> date:
    """The present date on the area's wall."""
    return now().astimezone(zone).date()


def move_to(instant: datetime) -> None:
    """Set this context's clock; it stands still until moved again."""
    if instant.tzinfo is None:
        raise ValueError("the clock takes aware instants only")
    _moved.set(instant.astimezone(UTC))


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an instant inside a `with` block, then give back the time there was."""
    before = _moved.get()
    move_to(instant)
    try:
        yield
    finally:
        _moved.set(before)
