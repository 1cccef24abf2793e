"""A machine that ticks, for tests that pull its plug: `python -m tests.proposals.ticker URL`.

Each line on standard input is one run: the instant, and the number of statements and commits after which it is
killed (-9), or `0` to let it finish, or `both` for two at the same time. It answers with how each ended. The application is
loaded once and each run is a fork, because loading takes longer than ticking.
"""

import os
import signal
import sys
from datetime import UTC, datetime

from sqlalchemy import event

from portal import clock
from portal.app import create_app
from portal.db import db
from portal.letters.tick import tick as remind
from portal.proposals.tick import tick


def run(app, instant: datetime, kill_after: int) -> int:
    """Tick in a process of its own; gives its number."""
    child = os.fork()
    if child:
        return child
    left = [kill_after]

    def count(*_args) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context(), clock.at(instant):
        # Counting commits too kills between the last statement and the commit, and right after the commit.
        for moment in ("before_cursor_execute", "commit"):
            event.listen(db.engine, moment, count)
        tick()
        remind()
    os._exit(0)


def main() -> None:
    app = create_app(DATABASE_URL=sys.argv[1], SECRET_KEY="test", TESTING=True)
    # Long before anything is due: what a first run compiles, all forks have then.
    with app.app_context(), clock.at(datetime(2000, 1, 1, tzinfo=UTC)):
        tick()
        remind()
        db.session.close()
        db.engine.dispose()
    for line in sys.stdin:
        instant, what = line.split()
        kills = [0, 0] if what == "both" else [int(what)]
        children = [run(app, datetime.fromisoformat(instant), after) for after in kills]
        ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(" ".join(map(str, ends)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
