"""What the broker does with a report: accept it, add it to a place that is known, decline it, choose what is public.

Each is done once: the report is locked and looked at anew. Reports that joined it are answered with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import shapely
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import Place
from portal.db import transaction
from portal.errors import N_, NotFound, RuleBroken
from portal.ownership.service import ask_within, unknown_holder
from portal.people.access import roles_for
from portal.people.models import Holder, User
from portal.people.rules import Role
from portal.register.models import Asset, Fact, Source
from portal.register.rules import Kind, LocatedBy, Status, name_key, words_of
from portal.sightings import letters, queries, rules
from portal.sightings.models import Sighting
from portal.sightings.rules import Action, Reason, SightingState

SOURCE = N_("Reported by residents, checked by the broker")
OWNERSHIP = N_("A resident reported this place as standing empty. Who holds it?")


class Shown(NamedTuple):
    """What the broker makes public of a report: its words, and of each photo what it shows (None: not public)."""

    words: str
    photos: Mapping[int, str | None]


NOTHING = Shown("", {})


@dataclass(frozen=True)
class Found:
    """A place as the broker puts it into the register. Without a holder, the question who holds it is opened."""

    kind: Kind
    name: str
    place: Place
    holder_id: int | None = None
    street: str = ""
    postcode: str = ""


def accept(by: int, sighting_id: int, found: Found, *, shown: Shown = NOTHING) -> Asset:
    """Put the place into the register, with what may be public of the report."""
    with transaction() as session:
        one, user = _load(session, sighting_id, by)
        step = _allowed(one, Action.ACCEPT, user)
        area = session.get_one(Area, one.area_id)
        asset = _new_asset(session, area, one, found)
        one.asset = asset
        _answer(session, one, step, user)
        _show(session, one, shown, user)
        if found.holder_id is None:
            ask_within(
                session, area_id=area.id, asset_id=asset.id, words=OWNERSHIP, source="sighting"
            )
    return asset


def merge(
    by: int, sighting_id: int, asset_id: int, *, shown: Shown = NOTHING, vacant: bool = False
) -> Asset:
    """Add the report to a place that is in the register. `vacant`: the broker has seen that it stands empty."""
    with transaction() as session:
        one, user = _load(session, sighting_id, by)
        step = _allowed(one, Action.MERGE, user)
        asset = session.get(Asset, asset_id, with_for_update=True)
        if asset is None or asset.area_id != one.area_id:
            raise NotFound("no-asset", "This place is not in the register. Choose another one.")
        one.asset = asset
        if vacant and asset.status is Status.OCCUPIED:
            _set_vacant(session, asset, _seen_on(one))
        _answer(session, one, step, user)
        _show(session, one, shown, user)
    return asset


def decline(by: int, sighting_id: int, reason: Reason, *, answer: str = "") -> Sighting:
    """Say no, with a reason of the list and the broker's own words."""
    with transaction() as session:
        one, user = _load(session, sighting_id, by)
        step = _allowed(one, Action.DECLINE, user)
        for report in queries.with_joined(one):
            report.reason, report.answer = reason, answer
        one.asset = None
        _answer(session, one, step, user)
    return one


def show(by: int, sighting_id: int, shown: Shown) -> Sighting:
    """Choose anew what is public of a report whose place is in the register; a photo can be taken back."""
    with transaction() as session:
        one, user = _load(session, sighting_id, by)
        _allowed(one, Action.SHOW, user)
        _show(session, one, shown, user)
    return one


def _load(session: Session, sighting_id: int, by: int) -> tuple[Sighting, User]:
    """The report with those that joined it, all held until the end, and who acts."""
    together = or_(Sighting.id == sighting_id, Sighting.same_as_id == sighting_id)
    session.execute(select(Sighting.id).where(together).order_by(Sighting.id).with_for_update())
    return queries.sent(sighting_id), session.get_one(User, by)


def _allowed(one: Sighting, action: Action, user: User) -> rules.Step:
    """The row of the table; where somebody was quicker, the refusal says who and when."""
    try:
        return rules.step_for(one.state, action, roles_for(user) & {Role.BROKER})
    except RuleBroken as refusal:
        if one.decided_by is None or one.decided_at is None:
            raise
        raise RuleBroken(
            refusal.code,
            "%(who)s has answered this report already, on %(when)s. Look at it again.",
            who=one.decided_by.shown_name,
            when=one.decided_at.date(),
        ) from refusal


def _answer(session: Session, one: Sighting, step: rules.Step, user: User) -> None:
    """Go to the step's state, and with it all that joined; each reporter hears."""
    for report in queries.with_joined(one):
        follows = report is not one and step.to is SightingState.ACCEPTED
        report.state = SightingState.MERGED if follows else step.to
        report.asset = one.asset
        report.decided_at, report.decided_by = clock.now(), user
        session.flush()
        letters.of_answer(report)


def _show(session: Session, one: Sighting, shown: Shown, user: User) -> None:
    one.shown_words = shown.words
    for photo in queries.photos_of(queries.with_joined(one)):
        alt = shown.photos.get(photo.id)
        if alt is None:
            photo.shown_at = photo.shown_by_id = None
        elif photo.shown_at is None:
            photo.shown_at, photo.shown_by_id = clock.now(), user.id
        photo.alt = alt or photo.alt
    session.flush()


def _seen_on(one: Sighting) -> date:
    return (one.reported_at or one.begun_at).astimezone(clock.LONDON).date()


def _new_asset(session: Session, area: Area, one: Sighting, found: Found) -> Asset:
    queries.in_area(area, found.place)
    holder = _holder(session, area, found.holder_id)
    seen = _seen_on(one)
    lon, lat = found.place.lon, found.place.lat
    asset = Asset(
        area_id=area.id,
        holder=holder,
        kind=found.kind,
        status=Status.VACANT,
        code=f"~sighting-{one.id}",
        name=found.name,
        street=found.street or None,
        postcode=found.postcode or None,
        shape=shapely.Point(lon, lat),
        located_by=LocatedBy.BROKER,
        ward_id=queries.ward_at(area, lon, lat),
        outlier=False,  # or it could not be reported
        vacant_since=seen,
        source=_source(session, area, seen),
        words=words_of(found.name, found.street, found.postcode, holder.name),
        name_key=name_key(found.name),
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    session.add(asset)
    session.flush()
    return asset


def _holder(session: Session, area: Area, holder_id: int | None) -> Holder:
    if holder_id is None:
        return unknown_holder(session, area.id)
    holder = session.get(Holder, holder_id)
    if holder is None or holder.area_id != area.id:
        raise NotFound("no-holder", "There is no such holder here. Choose another one.")
    return holder


def _source(session: Session, area: Area, seen: date) -> Source:
    """One for all places reported on a day."""
    key = {"area_id": area.id, "label": SOURCE, "as_of": seen}
    found = session.scalar(select(Source).filter_by(**key))
    if found is None:
        found = Source(**key, read_at=clock.now())
        session.add(found)
    return found


def _set_vacant(session: Session, asset: Asset, seen: date) -> None:
    """What a person has checked no import takes back."""
    asset.status, asset.vacant_since, asset.changed_at = Status.VACANT, seen, clock.now()
    fact = session.get(Fact, (asset.id, "status")) or Fact(asset_id=asset.id, name="status")
    fact.source, fact.as_of, fact.checked = SOURCE, seen, True
    session.add(fact)
