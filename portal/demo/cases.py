"""The cases of the demonstration, each played by the services to the state in which it stands today.

Each story below is a generator (see play.py): what it yields is how many days pass.
"""

import random
from datetime import time, timedelta

from sqlalchemy import select

from portal import clock
from portal.agreements import negotiating, terms
from portal.agreements import service as agreements
from portal.areas.calendar import working_day
from portal.areas.queries import current_area
from portal.db import db
from portal.demo import cast, claims
from portal.hearings import rules as hearing_rules
from portal.hearings import service as hearings
from portal.petitions import counting
from portal.petitions import service as petitions
from portal.petitions.rules import OnPaper
from portal.proposals import service
from portal.proposals.files import Sent
from portal.proposals.judging import holder, panel
from portal.proposals.judging.benefit import Side
from portal.proposals.models import Proposal
from portal.proposals.rules import State, Track
from portal.proposals.standing import profile_of, sides_of
from portal.proposals.writing import declaring
from portal.proposals.writing.sections import WRITTEN
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Status
from portal.snapshots import snapshot


class Case:
    """One proposal and the people who act in it."""

    def __init__(self, claim, asset, officer):
        self.claim, self.asset_id, self.officer = claim, asset.id, officer
        self.id = None

    @property
    def row(self):
        return db.session.get_one(Proposal, self.id, populate_existing=True)

    def by(self, person):
        """The pair that every service takes: the case and who acts."""
        return self.id, cast.user(person).id

    @property
    def organiser(self):
        return self.claim.group.organiser


def stories(holders):
    """(days ago, story) for every case, each about a place of its own."""
    officers = {body.id: person for person, body in cast.officers(holders)}
    taken = set()
    for days_ago, story, claim in PROGRAMME:
        asset = _place(claim, taken)
        if asset is not None:
            taken.add(asset.id)
            yield days_ago, story(Case(claim, asset, officers[asset.holder_id]))


def _place(claim, taken):
    """A vacant place of the claim's kind; of those with a fitting name, if there are any."""
    query = select(Asset).where(
        Asset.area_id == current_area().id,
        Asset.kind == Kind(claim.kind),
        Asset.status == Status.VACANT,
        Asset.outlier.is_(False),
        Asset.id.not_in(taken),
    )
    every = list(db.session.scalars(query.order_by(Asset.code, Asset.id)))
    # Registers may list all their empty buildings without a place: then one of those.
    vacant = [a for a in every if a.located_by is LocatedBy.COORDINATES] or every
    fitting = [a for a in vacant if any(word in a.name.casefold() for word in claim.like)]
    if not vacant:
        return None
    return random.Random(claim.title).choice(fitting or vacant)  # noqa: S311 -- the same every time


def _draft(case):
    claim = case.claim
    user, group = cast.user(case.organiser), cast.group(claim.group)
    case.id = service.start(case.asset_id, user.id, group.id).id
    values = {name: getattr(claim, name) for name in WRITTEN if hasattr(claim, name)}
    service.save_draft(*case.by(case.organiser), values, claim.gains)


def _lodged(case):
    _draft(case)
    if case.row.track in profile_of(case.row).interest_first:
        declaring.register_interest(*case.by(case.organiser))
    service.lodge(*case.by(case.organiser))


def _on_notice(case):
    _lodged(case)
    yield 3
    service.validate(*case.by(cast.BROKER))
    if case.row.track is Track.LAND:
        photo = Sent(snapshot("the site sign"), "sign.jpg", "The site sign in its place.")
        declaring.show_sign(*case.by(case.organiser), photo, clock.today())
    for person, words in zip(cast.NEIGHBOURS, case.claim.voices, strict=True):
        yield 3
        service.represent(*case.by(person), supports=True, words=words)


def _agreed(case):
    yield from _on_notice(case)
    yield 12
    holder.agree(*case.by(case.officer), "We have no use for it before the term ends.")


def _until_test(case):
    while case.row.state is State.ON_NOTICE:
        yield 1


def _scored(case, theirs=None):
    yield from _until_test(case)
    for member in range(len(cast.PANEL)):
        yield 2
        panel.score(*case.by(cast.PANEL[member]), _sheet(case, member, theirs or {}))
    yield 1
    panel.check_capacity(*case.by(cast.BROKER), _capacity(case))


def _heard(case):
    """About a building everybody is heard in public before it is decided."""
    if not case.row.hearing_opened_on:
        return
    on = working_day(12, clock.today(), current_area().nation).due
    plan = hearing_rules.Plan(
        on,
        time(18, 30),
        time(20),
        "The council chamber",
        claims.AGENDA,
        access=("step_free", "hearing_loop", "accessible_toilet"),
        remote_link="https://meet.demo.example/hearing",
    )
    hearings.set_hearing(*case.by(cast.CHAIR), plan)
    yield (on - clock.today()).days + 1
    record = hearings.Record(hearing_rules.Outcome.SUPPORTS, claims.MINUTES, 27)
    hearings.record_hearing(*case.by(cast.CHAIR), record)


def _granted(case):
    yield from _agreed(case)
    yield from _scored(case)
    yield from _heard(case)
    yield 3
    panel.decide(*case.by(cast.CHAIR), reasons="The panel was of one mind.")


def _drafted(case):
    yield from _granted(case)
    yield 6
    said = {
        "starts_on": clock.today() + timedelta(days=21),
        "term_months": case.claim.term_months,
    }
    negotiating.draft_agreement(*case.by(cast.BROKER), said)
    yield 1
    _accept(case, case.officer)
    yield 1
    _accept(case, case.organiser)
    _sign(case, case.organiser)


def _accept(case, person):
    there = terms.now_of(terms.current(case.id))
    shown = {key: now.row.version for key, now in there.items()}
    negotiating.accept_terms(*case.by(person), shown)


def _sign(case, person):
    shown = terms.current(case.id).sha256
    agreements.sign(*case.by(person), name=person.name, shown_hash=shown)


def draft(case):
    """Begun yesterday, not finished."""
    _draft(case)
    yield 0


def lodged(case):
    """Waits for the broker."""
    _lodged(case)
    yield 0


def returned(case):
    """Lodged with too little about who is responsible, and given back."""
    _lodged(case)
    yield 3
    service.return_incomplete(
        *case.by(cast.BROKER), "Say who checks the kitchen's hygiene, and send the rating."
    )


def on_notice(case):
    """Two neighbours for it, a petition, one neighbour worried; the holder has not answered yet."""
    yield from _on_notice(case)
    last = petitions.longest_day(case.row)
    petitions.open_petition(*case.by(case.organiser), claims.PETITION, last)
    yield 1
    sheets = Sent(snapshot("three sheets of signatures"), "sheets.jpg", "Signatures on paper")
    counting.count_paper(*case.by(cast.BROKER), sheets, OnPaper(43, double=2, unreadable=1))
    yield 1
    service.represent(*case.by(cast.WORRIED), supports=False, words=claims.WORRY)


def under_test(case):
    """One of the two panel members has scored."""
    yield from _agreed(case)
    yield from _until_test(case)
    yield 2
    panel.score(*case.by(cast.PANEL[0]), _sheet(case, 0, {}))


def refused(case):
    """The holder has a use of its own that would bring more."""
    yield from _on_notice(case)
    yield 10
    service.represent(*case.by(cast.WORRIED), supports=False, words=claims.WORRY)
    yield 3
    service.answer(*case.by(case.organiser), {case.row.representations[-1].id: claims.ANSWER})
    yield 2
    plan = claims.ALTERNATIVE | {"begins": clock.today() + timedelta(days=120)}
    holder.name_alternative(
        *case.by(case.officer), planned=True, plan=plan, benefits=claims.ALTERNATIVE_GAINS
    )
    yield from _scored(case, claims.ALTERNATIVE_GAINS)
    yield 3
    panel.decide(
        *case.by(cast.CHAIR),
        reasons="We thank the group and have asked the broker to look for another yard.",
        ground="better_alternative",
        evidence="The plan, its budget line and its date are in the capital programme.",
    )


def by_default(case):
    """The holder says nothing, nobody scores, the last day passes: the portal's clock grants it."""
    yield from _on_notice(case)


def signed_by_one(case):
    """The group has signed; the holder's officer has still to."""
    yield from _drafted(case)


def in_use(case):
    """From draft to handover."""
    yield from _drafted(case)
    yield 3
    _sign(case, case.officer)
    yield 14
    agreements.hand_over(
        *case.by(cast.BROKER),
        "Sound, but for the fence on the north side, which leans.",
        keys="Two keys to the gate, both with the group.",
    )


# How many days ago each case began, how it goes, and what is asked for.
PROGRAMME = (
    (300, in_use, claims.POCKET_GARDEN),
    (150, refused, claims.YARD),
    (112, by_default, claims.POP_UP_PARK),
    (100, signed_by_one, claims.BENCH),
    (60, under_test, claims.ORCHARD),
    (16, on_notice, claims.STAGE),
    (9, returned, claims.KITCHEN),
    (2, lodged, claims.SECOND_GARDEN),
    (1, draft, claims.COSTUMES),
)


def _sheet(case, member, theirs):
    """A panel member's points: much where something was shown, little where nothing was said."""
    said = {Side.PROPOSAL: case.claim.gains, Side.ALTERNATIVE: theirs}
    return {
        (side, criterion): _points(said[side].get(criterion), member + place)
        for side in sides_of(case.row)
        for place, criterion in enumerate(profile_of(case.row).criteria)
    }


def _points(said, turn):
    if said is None:
        return 0, "Nothing was said of this."
    points = 3 + turn % 2
    return points, claims.REASONS[turn % len(claims.REASONS)].format(evidence=said[1].rstrip("."))


def _capacity(case):
    row = case.row
    shown = {
        "costs": row.costs,
        "insurance": row.insurance,
        "responsible": row.responsible,
        "timescale": row.timescale,
        "safeguarding": row.safeguarding,
    }
    return {
        item: (True, shown.get(item) or "Seen by the broker.") for item in profile_of(row).capacity
    }
