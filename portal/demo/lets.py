"""The lets of the demonstration, each played by the services to the state in which it stands today.

Each story below is a generator (see play.py): what it yields is how many days pass.
"""

from dataclasses import dataclass
from datetime import time, timedelta

from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Postcode
from portal.areas.queries import current_area
from portal.areas.rules import postcode_shown
from portal.db import db
from portal.demo import cast
from portal.lettings import search, service
from portal.lettings.dates import service as dates
from portal.lettings.models import Let
from portal.lettings.paying import deposits
from portal.lettings.rules import Insurance, Wish
from portal.money.rules import Paid


@dataclass(frozen=True)
class Meeting:
    """What a group asks for. `begins_in` days at the soonest; `near`: a share of the list of postcodes."""

    group: cast.Neighbours
    weekday: int  # Monday is 0
    starts: time
    ends: time
    begins_in: int
    weeks: int
    people: int
    near: float
    means: int  # pence for one meeting
    note: str
    every_weeks: int = 1
    step_free: bool = False
    within_m: int = 3_000
    insurance: Insurance = Insurance.VENUE

    def wish(self):
        """The meeting as the search takes it, seen from the present day."""
        soonest = clock.today() + timedelta(days=self.begins_in)
        first = soonest + timedelta(days=(self.weekday - soonest.weekday()) % 7)
        return Wish(
            weekday=self.weekday,
            starts=self.starts,
            ends=self.ends,
            first=first,
            last=first + timedelta(weeks=self.weeks),
            people=self.people,
            every_weeks=self.every_weeks,
            step_free=self.step_free,
            within_m=self.within_m,
            max_pence=self.means,
            **_place(self.near),
        )


def _place(share):
    """Where the group says it is; nowhere in particular where no postcodes were loaded."""
    mine = Postcode.area_id == current_area().id
    count = db.session.scalar(select(func.count()).select_from(Postcode).where(mine))
    if not count:
        return {}
    query = select(Postcode).where(mine).order_by(Postcode.code).offset(int(share * count))
    found = db.session.scalars(query.limit(1)).one()
    return {"lon": found.lon, "lat": found.lat, "near": postcode_shown(found.code)}


def stories():
    """(days ago, story) for every let."""
    for days_ago, story, meeting in PROGRAMME:
        yield days_ago, story(meeting)


def _asked(meeting):
    """Ask for the first room that suits; its let's number, or None where no room does."""
    wish = meeting.wish()
    matches = search.find(current_area(), wish).matches
    if not matches:
        return None
    group = cast.group(meeting.group)
    return service.ask(
        cast.user(meeting.group.organiser).id,
        matches[0].room.id,
        group.id,
        wish,
        insurance=meeting.insurance,
        safeguarding=True,
        note=meeting.note,
    ).id


def _broker():
    return cast.user(cast.BROKER).id


def requested(meeting):
    """Waits for the broker."""
    _asked(meeting)
    yield 0


def declined(meeting):
    """The broker could not say yes, and says why."""
    let = _asked(meeting)
    yield 2
    if let:
        why = "The heating is being mended until the new year. Ask again for a room in January."
        service.decline(_broker(), let, why=why)


def deposit_due(meeting):
    """Approved; confirmed as soon as the deposit is there."""
    let = _asked(meeting)
    yield 1
    if let:
        service.approve(_broker(), let, deposit_pence=2_500)


def without_deposit(meeting):
    """A small group with nothing to pay with: confirmed at once."""
    let = _asked(meeting)
    yield 2
    if let:
        waiver = "A self-help group with no money of its own."
        service.approve(_broker(), let, waiver=waiver)


def running(meeting):
    """Deposit paid, weekly meetings, one date given back."""
    let = _asked(meeting)
    yield 1
    if not let:
        return
    service.approve(_broker(), let, deposit_pence=4_000)
    yield 2
    deposits.record_deposit(_broker(), let, paid_by=Paid.TRANSFER)
    yield meeting.begins_in + 14
    ahead = [o for o in db.session.get_one(Let, let).occurrences if o.starts > clock.now()]
    organiser = cast.user(meeting.group.organiser).id
    dates.release(organiser, let, [ahead[2].id], why="Half of us are away that week.")


def ended(meeting):
    """Over, and the deposit given back but for a broken chair."""
    let = _asked(meeting)
    yield 1
    if not let:
        return
    service.approve(_broker(), let, deposit_pence=3_000)
    yield 1
    deposits.record_deposit(_broker(), let, paid_by=Paid.CASH)
    yield meeting.begins_in + 7 * meeting.weeks + 12
    deposits.claim_deposit(
        _broker(),
        let,
        pence=600,
        why="One chair was broken.",
        evidence="Photograph of the chair; the shop's bill of £6.",
    )
    yield 2
    organiser = cast.user(meeting.group.organiser).id
    deposits.answer_claim(organiser, let, agrees=True, words="Sorry about the chair.")
    yield 1
    deposits.return_deposit(_broker(), let, kept_pence=600)


# How many days ago each began, how it goes, and what is asked for.
PROGRAMME = (
    (170, ended, Meeting(
        cast.FOOD, 2, time(18), time(20), 10, 12, 24, 0.55, 1_500,
        "Cooking lessons. We bring our own pans.")),
    (75, running, Meeting(
        cast.MENDERS, 5, time(10), time(13), 12, 26, 20, 0.15, 5_000,
        "Mending morning, every second Saturday.", every_weeks=2, insurance=Insurance.OWN)),
    (12, without_deposit, Meeting(
        cast.YOUTH, 1, time(18), time(20), 30, 12, 18, 0.4, 0,
        "Read-throughs for the spring show.", insurance=Insurance.OWN)),
    (6, deposit_due, Meeting(
        cast.ORCHARD, 3, time(19), time(21), 45, 10, 25, 0.7, 4_000,
        "Winter talks on pruning and grafting.", insurance=Insurance.SPONSOR)),
    (5, declined, Meeting(
        cast.GARDEN, 2, time(18, 30), time(20), 14, 4, 12, 0.3, 1_000,
        "Planning the spring sowing.")),
    (1, requested, Meeting(
        cast.STROKE, 1, time(14), time(16), 50, 12, 14, 0.25, 0,
        "Most of us come with a carer, and two by wheelchair.", step_free=True)),
)  # fmt: skip
