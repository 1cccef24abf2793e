"""How often pages are looked at: a number for each kind of page and day. Nothing of who looked is kept, not even for a moment.

A request adds one in its worker's memory. A thread of that worker writes the numbers down once a minute, and once more
when the worker ends; what a crash loses is a minute.
"""

import atexit
from collections import Counter
from datetime import date, timedelta
from threading import Lock, Thread
from time import sleep

from flask import Flask, Response, current_app, request
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal import clock
from portal.db import db, transaction
from portal.privacy.models import VisitCount

EVERY = 60.0  # seconds
DAYS = 30
OK = 200
# What no person looks at.
NOT_PAGES = frozenset({"home.ping", "home.healthz", "home.area_css"})
INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Visits:
    """The numbers of one worker that are not written down yet."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.waiting: Counter[str] = Counter()
        self.lock = Lock()
        self.thread: Thread | None = None
        self.served = (
            False  # by `portal run`; what only looks at pages for a moment leaves no thread behind
        )

    def add(self, response: Response) -> Response:
        """After a request: one more for its kind of page. A thread is begun by the first, so by a worker, not its parent."""
        if (
            request.method == "GET"
            and response.mimetype == "text/html"
            and response.status_code == OK
        ):
            self.waiting[request.endpoint or ""] += 1
            if self.thread is None and self.served:
                self._begin()
        return response

    def write(self) -> None:
        """Write down what waits, in one statement for each kind of page."""
        with self.lock:
            taken, self.waiting = self.waiting, Counter()
        counted = {name: n for name, n in taken.items() if name and name not in NOT_PAGES}
        if not counted:
            return
        with self.app.app_context(), transaction() as session:
            insert = INSERT[session.get_bind().dialect.name](VisitCount)
            rows = [
                {"day": clock.today(), "endpoint": name, "count": n} for name, n in counted.items()
            ]
            more = VisitCount.count + insert.excluded.count
            keys = [VisitCount.day, VisitCount.endpoint]
            session.execute(
                insert.on_conflict_do_update(index_elements=keys, set_={"count": more}), rows
            )

    def _begin(self) -> None:
        with self.lock:
            if self.thread is not None:
                return
            self.thread = Thread(target=self._forever, name="visits", daemon=True)
        self.thread.start()
        atexit.register(self._safely)

    def _forever(self) -> None:
        while True:
            sleep(EVERY)
            self._safely()

    def _safely(self) -> None:
        try:
            self.write()
        except Exception as error:  # noqa: BLE001 - a number is not worth a worker
            self.app.logger.warning("pages of a minute were not counted: %s", type(error).__name__)


def init_app(app: Flask) -> None:
    """Count the pages of this application, unless its operator does not want to."""
    if str(app.config.get("VISITS", "1")) != "0":
        app.extensions["visits"] = visits = Visits(app)
        app.after_request(visits.add)


def by_day(days: int = DAYS) -> list[tuple[date, int]]:
    """How many pages were looked at on each of the last days."""
    first = clock.today() - timedelta(days=days - 1)
    query = select(VisitCount.day, func.sum(VisitCount.count)).where(VisitCount.day >= first)
    known = dict(db.session.execute(query.group_by(VisitCount.day)).all())
    return [
        (day, int(known.get(day, 0))) for day in (first + timedelta(days=n) for n in range(days))
    ]


def by_page(days: int = DAYS) -> list[tuple[str, int]]:
    """How often each kind of page was looked at in these days, the most looked at first; by a path for people to read."""
    first = clock.today() - timedelta(days=days - 1)
    total = func.sum(VisitCount.count)
    query = select(VisitCount.endpoint, total).where(VisitCount.day >= first)
    query = query.group_by(VisitCount.endpoint).order_by(total.desc(), VisitCount.endpoint)
    paths = {rule.endpoint: rule.rule for rule in reversed(list(current_app.url_map.iter_rules()))}
    return [(paths.get(name, name), int(count)) for name, count in db.session.execute(query)]
