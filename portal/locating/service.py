"""What a broker establishes about an asset. One function a user action; each leaves a row of its history."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from shapely import Geometry
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.models import Area
from portal.db import transaction
from portal.errors import NotFound, RuleBroken
from portal.locating import ground, queries, rules
from portal.locating.models import Verification
from portal.locating.reading import Spot
from portal.locating.rules import Deed, Evidence
from portal.register.models import Asset, Fact
from portal.register.rules import LocatedBy, Status


class Grounds(NamedTuple):
    """What somebody's word rests on: the kind of evidence, the day of it, and more about it."""

    evidence: Evidence
    seen_on: date
    words: str = ""

    @property
    def source(self) -> str:
        """As the source of a checked fact."""
        return rules.SOURCES[self.evidence]


def place(by: int, asset_id: int, spot: Spot, grounds: Grounds, *, shown: str) -> Asset:
    """Put an asset where the broker says; its rooms stand where it stands. `shown`: queries.version_of the page.

    In the middle of a postcode it is on the map, and goes on waiting for its own place.
    """
    known = rules.located_by(spot.method)
    with _held(asset_id, shown) as (session, asset):
        row = _deed(session, asset, by, Deed.PLACED, grounds)
        row.method, row.said = spot.method, spot.label[:300]
        row.shape_before, row.before = asset.shape, _place_before(session, asset)
        _move(session, asset, spot.shape, known)
        row.shape_after = spot.shape
        checked = known is LocatedBy.BROKER
        _check_as(session, asset, "shape", grounds.source, grounds.seen_on, checked=checked)
    return asset


def confirm(by: int, asset_id: int, grounds: Grounds, *, shown: str) -> Asset:
    """It stands where the register shows it; what was only a postcode's middle is now the broker's word."""
    with _held(asset_id, shown) as (session, asset):
        if asset.shape is None:
            raise RuleBroken(
                "no-place-yet", "It has no place yet that could be right. Place it first."
            )
        row = _deed(session, asset, by, Deed.CONFIRMED, grounds)
        row.shape_before = row.shape_after = asset.shape
        row.before = _place_before(session, asset)
        if asset.located_by is LocatedBy.POSTCODE:
            asset.located_by = LocatedBy.BROKER
        _check(session, asset, "shape", grounds)
    return asset


def put_back(by: int, asset_id: int, *, shown: str, why: str = "") -> Asset:
    """Take the latest placing or confirming back: the place, how it was known and its source are as before it."""
    with _held(asset_id, shown) as (session, asset):
        last = queries.last_placing(asset_id)
        if last is None:
            raise RuleBroken("nothing-to-take-back", "Nobody has placed this by hand.")
        row = _deed(session, asset, by, Deed.PUT_BACK, None, why)
        row.shape_before, row.before = asset.shape, _place_before(session, asset)
        row.shape_after, row.after = last.shape_before, {"undone": last.id}
        known = last.before.get("located_by")
        _move(session, asset, last.shape_before, LocatedBy(known) if known else None)
        _restore(session, asset, "shape", last.before.get("fact"))
    return asset


def check(
    by: int, asset_id: int, values: Mapping[str, Any], grounds: Grounds, *, shown: str
) -> Asset:
    """Facts seen on site: how it stands, its access. Only what is in `values` was looked at."""
    with _held(asset_id, shown) as (session, asset):
        rules.check_seen(asset.status, values.get("status"))
        if not values:
            raise RuleBroken("nothing-seen", "Say at least one thing that you have seen.")
        row = _deed(session, asset, by, Deed.CHECKED, grounds)
        row.before = {name: getattr(asset, name) for name in values}
        row.after = dict(values)
        for name, value in values.items():
            setattr(asset, name, value)
            _check(session, asset, name, grounds)
        if "status" in values:
            _since(asset, row.before["status"], grounds.seen_on)
    return asset


def set_hours(by: int, asset_id: int, hours: str | None, *, shown: str) -> Asset:
    """Opening hours as a person has read them, in OSM's syntax; None where the text gives no weekly hours."""
    with _held(asset_id, shown) as (session, asset):
        if asset.public_hours and not (asset.hours_text and hours):
            raise RuleBroken("hours-known", "Its opening hours are known already.")
        row = _deed(session, asset, by, Deed.HOURS, None, asset.hours_text or "")
        row.before, row.after = {"public_hours": asset.public_hours}, {"public_hours": hours}
        asset.public_hours = hours
        source = asset.source.label if asset.source else rules.READ_BY_BROKER
        _check_as(session, asset, "public_hours", source, clock.today())
    return asset


def withhold(by: int, asset_id: int, why: str, *, shown: str) -> Asset:
    """Show an asset to nobody but staff, for instance a refuge."""
    with _held(asset_id, shown) as (session, asset):
        if asset.withheld_why:
            raise RuleBroken("withheld-already", "It is withheld already.")
        row = _deed(session, asset, by, Deed.WITHHELD, None, why)
        row.after = {"withheld_why": why}
        for one in _with_parts(asset):
            one.withheld_why = one.withheld_why or why
    return asset


def show_again(by: int, asset_id: int, *, shown: str, why: str = "") -> Asset:
    """Take the withholding back."""
    with _held(asset_id, shown) as (session, asset):
        if not asset.withheld_why:
            raise RuleBroken("not-withheld", "It is not withheld: everybody can see it.")
        row = _deed(session, asset, by, Deed.SHOWN, None, why)
        row.before = {"withheld_why": asset.withheld_why}
        same = asset.withheld_why
        for one in _with_parts(asset):
            if one.withheld_why == same:
                one.withheld_why = None
    return asset


def _with_parts(asset: Asset) -> Iterator[Asset]:
    """A building and its rooms: whoever may not see the one may not see the others."""
    yield asset
    for part in asset.parts:
        yield from _with_parts(part)


@contextmanager
def _held(asset_id: int, shown: str) -> Iterator[tuple[Session, Asset]]:
    """The asset, locked and as the broker saw it; refuses where somebody was quicker."""
    with transaction() as session:
        asset = session.get(Asset, asset_id, with_for_update=True)
        if asset is None:
            raise NotFound("no-asset", "This place is not in the register. Go back to the queue.")
        if queries.version_of(asset) != shown:
            _refuse(asset)
        yield session, asset
        asset.changed_at = clock.now()


def _refuse(asset: Asset) -> None:
    last = queries.last_deed(asset.id)
    if last is None:
        raise RuleBroken(
            "changed-meanwhile",
            "The register has changed this place since you opened the page. Look at it again, then send once more.",
        )
    raise RuleBroken(
        "done-meanwhile",
        "%(who)s has done something to this place meanwhile, on %(when)s. Look at it again; to go on all the same, send once more.",
        who=last.by.shown_name,
        when=last.at.astimezone(clock.LONDON).date(),
    )


def _deed(
    session: Session, asset: Asset, by: int, deed: Deed, grounds: Grounds | None, words: str = ""
) -> Verification:
    row = Verification(
        asset_id=asset.id,
        deed=deed,
        evidence=grounds and grounds.evidence,
        words=grounds.words if grounds else words,
        seen_on=grounds and grounds.seen_on,
        before={},
        after={},
        by_id=by,
        at=clock.now(),
    )
    session.add(row)
    return row


def _place_before(session: Session, asset: Asset) -> dict[str, Any]:
    fact = session.get(Fact, (asset.id, "shape"))
    return {
        "located_by": asset.located_by and asset.located_by.value,
        "fact": fact
        and {"source": fact.source, "as_of": fact.as_of.isoformat(), "checked": fact.checked},
    }


def _move(
    session: Session, asset: Asset, shape: Geometry | None, located_by: LocatedBy | None
) -> None:
    """Set the place and all that follows from it, for the asset and the rooms that stand where it stands."""
    area = session.get_one(Area, asset.area_id)
    stand = ground.stand(area, shape, asset.postcode) if shape is not None else None
    for part in asset.parts:
        if rules.follows_building(part.located_by):
            _move(session, part, shape, LocatedBy.PARENT if shape is not None else None)
    asset.shape, asset.located_by = shape, located_by
    asset.outlier = stand.outlier if stand else False
    if stand:
        asset.ward_id = stand.ward and stand.ward.id


def _check(session: Session, asset: Asset, name: str, grounds: Grounds) -> None:
    _check_as(session, asset, name, grounds.source, grounds.seen_on)


def _check_as(
    session: Session, asset: Asset, name: str, source: str, as_of: date, *, checked: bool = True
) -> None:
    """Who says this column; once it is checked no import changes it."""
    fact = session.get(Fact, (asset.id, name))
    if fact is None:
        fact = Fact(asset_id=asset.id, name=name)
        session.add(fact)
    fact.source, fact.as_of, fact.checked = source, as_of, checked


def _restore(session: Session, asset: Asset, name: str, before: Mapping[str, Any] | None) -> None:
    fact = session.get(Fact, (asset.id, name))
    if before is None:
        if fact is not None:
            session.delete(fact)
        return
    if fact is None:
        fact = Fact(asset_id=asset.id, name=name)
        session.add(fact)
    fact.source, fact.checked = before["source"], before["checked"]
    fact.as_of = date.fromisoformat(before["as_of"])


def _since(asset: Asset, before: Status, seen_on: date) -> None:
    """Newly empty since it was seen so; in use again, and the question is gone."""
    if asset.status is not Status.VACANT:
        asset.vacant_since = None
    elif before is not Status.VACANT and asset.vacant_since is None:
        asset.vacant_since = seen_on
