"""A small world in a database of DATABASE_URL: `python -m tests.old.fill`. What `script/keep-database` keeps of a release."""

import os
from datetime import UTC, datetime

from portal import clock
from portal.app import create_app
from portal.db import db
from portal.migrate import upgrade
from tests import factories
from tests.lettings import make
from tests.proposals.stage import Stage

LETS = ("requested", "offered", "deposit_due", "confirmed", "confirmed_with_deposit")
CASES = ("draft", "lodged", "returned", "on_notice", "granted", "in_use")


def fill() -> None:
    """One area, with lets and cases at several points of their lives, each for a place of its own."""
    here = make.place()
    area = here.area
    factories.area = lambda **_values: area
    for number, state in enumerate(LETS):
        room = make.room(here, name=f"Room {number}")
        getattr(make, state)(here, room)
    stage = Stage()
    for number, state in enumerate(CASES):
        stage.asset = factories.asset(stage.holder, name=f"Place {number}")
        stage.asset_id = stage.asset.id
        getattr(stage, state)()


def main() -> None:
    app = create_app(DATABASE_URL=os.environ["DATABASE_URL"], SECRET_KEY="kept", TESTING=True)
    with app.app_context(), clock.at(datetime(2026, 3, 2, 10, tzinfo=UTC)):
        upgrade(db.engine)
        fill()
        db.session.close()
        db.engine.dispose()


if __name__ == "__main__":
    main()
