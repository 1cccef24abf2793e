"""No page, feed, file, map or calendar that is open to others shows a support group with its place and time.

Every address of the portal that can be read is read, with the numbers of what there is, by people who have no part in it.
"""

import itertools
import re
from datetime import UTC, datetime

import pytest

from portal import clock
from portal.lettings.dates import service as dates
from portal.lettings.dates import waiting
from portal.lettings.finding import saving
from portal.lettings.hosting import entry, keys
from portal.lettings.rules import Insurance
from tests.lettings import make
from tests.rounds import make as rounds

# What would tell who meets where: the group's name, its organiser, what it told the broker, the code of the door.
SECRETS = ("Stroke Circle", "ruth@example.org", "use wheelchairs", "4711", "Front door key")
HOLE = re.compile(r"<(?:[^<>]*:)?(\w+)>")
EVENING = datetime(2026, 3, 5, 17, 30, tzinfo=UTC)
NUMBERS = ("1", "2", "3", "4")
WORDS = {
    "slug": "score",
    "name": "approve",
    "code": "en",
    "what": "pin",
    "scope": "group",
    "kind": "html",
}


@pytest.fixture
def here(app):
    """A support group with a let that runs, a request, a place on a waiting list, a kept need and a wish in a round."""
    here = make.place()
    room, other = make.room(here, name="Garden room"), make.room(here, name="Blue room")
    let = make.confirmed_with_deposit(here, room)
    make.requested(here, other)
    by, group_id = make.another_group(here, 1)
    make.confirmed(here, room, by=by, group_id=group_id, weekday=1)
    terms = {"insurance": Insurance.VENUE, "safeguarding": True}
    waiting.join(here.ids.organiser, room.id, here.group_id, make.wish(weekday=1), **terms)
    saving.save(here.ids.organiser, make.wish(weekday=2))
    there = rounds.spring(here)
    rounds.asked(here.ids.organiser, here.group_id, there.id, (other, 4))
    entry.write(here.ids.broker, here.building.id, words="The code is 4711.", version=0)
    due = let.occurrences[0].on
    keys.give(here.ids.broker, let.id, what="Front door key", to="Ruth", due_on=due)
    dates.release(here.ids.organiser, let.id, [let.occurrences[3].id], why="Half of us are away.")
    return here


def addresses(app):
    """Every address that can be read, with the numbers of what there is in its holes."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        numbered = [[WORDS[hole]] if hole in WORDS else NUMBERS for hole in HOLE.findall(rule.rule)]
        for values in itertools.product(*numbered):
            filled = iter(values)
            yield HOLE.sub(lambda _hole, filled=filled: next(filled), rule.rule)


def told(reader, app):
    """Where one of the secrets stands, for this reader."""
    pages = ((path, reader.get(path).data) for path in dict.fromkeys(addresses(app)))
    return [(path, secret) for path, page in pages for secret in SECRETS if secret.encode() in page]


def test_nobody_else_can_read_who_meets_where(app, here):
    """Signed out, or by a stranger, on the evening itself."""
    with clock.at(EVENING):
        for who in (None, here.stranger.email):
            reader = app.test_client()
            if who:
                reader.sign_in(who)
            assert told(reader, app) == []


def test_the_organiser_can_read_it(app, here):
    """So that the test above cannot pass by looking for what is nowhere."""
    with clock.at(EVENING):
        reader = app.test_client()
        reader.sign_in(here.organiser.email)
        found = {secret for _path, secret in told(reader, app)}
    assert found == set(SECRETS)
