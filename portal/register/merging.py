"""Merging a register's entries into the database: only what differs is written, and each value keeps its source."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from tqdm import tqdm

from portal import clock
from portal.areas.models import Area
from portal.people.models import Holder
from portal.register.models import Asset, Fact
from portal.register.reading import Entry, holder_kind
from portal.register.rules import Kind, LocatedBy, Status, name_key, status_after_import, tokens

WORDS_FROM = ("name", "street_number", "street", "town", "postcode", "code", "uprn")


def words_of(asset: Asset, holder: Holder) -> str:
    """What a search for words looks in; it begins with the name, so that it sorts by name too."""
    parts = [getattr(asset, column) for column in WORDS_FROM]
    return " ".join(tokens(" ".join(filter(None, [*parts, holder.name]))))


class Register:
    """The holders and assets of an area as the database has them, and how entries change them."""

    def __init__(self, session: Session, area: Area, file: str):
        self.session, self.area, self.file = session, area, file
        self.now, self.today = clock.now(), clock.today()
        holders = session.scalars(select(Holder).where(Holder.area_id == area.id))
        self.holders = {holder.name: holder for holder in holders}
        query = select(Asset).where(Asset.area_id == area.id).options(selectinload(Asset.facts))
        self.assets = {(asset.holder_id, asset.code): asset for asset in session.scalars(query)}

    def merge(self, entries: Sequence[Entry]) -> Counter[str]:
        """Write what differs; counts new, changed, unchanged, and gone (known, but in this register no more)."""
        for entry in entries:
            self._know_holder(entry)
        self.session.flush()
        before = set(self.assets)
        with self.session.no_autoflush:
            pairs = [(entry, self._asset(entry)) for entry in entries]
            for entry, asset in tqdm(
                pairs, desc=self.file, unit=" assets", disable=None, leave=False
            ):
                self._set_values(entry, asset)
            for entry, asset in pairs:
                self._put_in_building(entry, asset)
            counts = Counter(self._finished(asset) for _, asset in pairs)
        seen = {(asset.holder_id, asset.code) for _, asset in pairs}
        bodies = {holder_id for holder_id, _ in seen}
        counts["gone"] = sum(key[0] in bodies for key in before - seen)
        return counts

    def _know_holder(self, entry: Entry) -> None:
        if entry.holder not in self.holders:
            uri = entry.cells.get("holder_uri", "")[:300] or None
            holder = Holder(
                area_id=self.area.id, name=entry.holder, kind=holder_kind(entry.holder), uri=uri
            )
            self.session.add(holder)
            self.holders[entry.holder] = holder

    def _asset(self, entry: Entry) -> Asset:
        holder = self.holders[entry.holder]
        asset = self.assets.get((holder.id, entry.code))
        if asset is None:
            asset = Asset(
                area_id=self.area.id, holder=holder, holder_id=holder.id, code=entry.code, outlier=False,
                created_at=self.now, changed_at=self.now, facts=[],
            )  # fmt: skip
            self.session.add(asset)
            self.assets[holder.id, entry.code] = asset
        return asset

    def _set_values(self, entry: Entry, asset: Asset) -> None:
        """An empty cell says nothing, and a fact that somebody checked after this register's date stands."""
        facts = {fact.name: fact for fact in asset.facts}
        for name, said in (entry.values | _place(entry, asset)).items():
            fact = facts.get(name)
            if fact and entry.as_of and fact.as_of > entry.as_of:
                continue
            value = status_after_import(asset.status, said) if name == "status" else said
            changed = _set(asset, name, value)
            if name not in PLACE_DETAILS:
                self._source(entry, asset, name, fact, changed=changed)

    def _source(
        self, entry: Entry, asset: Asset, name: str, fact: Fact | None, *, changed: bool
    ) -> None:
        source = f"{entry.holder}, {self.file}"[:300]
        if fact is None:
            asset.facts.append(Fact(name=name, source=source, as_of=entry.as_of or self.today))
            return
        _set(fact, "source", source)
        _set(fact, "as_of", entry.as_of or (self.today if changed else fact.as_of))

    def _put_in_building(self, entry: Entry, asset: Asset) -> None:
        """A room belongs to its building, half a hall to the hall; a building with rooms is under-used."""
        code = entry.cells.get("half_of") or entry.cells.get("parent_code")
        if not code:
            return
        parent = self.assets.get((asset.holder_id, code))
        if parent is None:
            entry.note("flagged", f"{code}, which it belongs to, is not in the register")
            return
        if asset.parent_id is None or asset.parent_id != parent.id:
            asset.parent = parent
        if parent.kind is Kind.BUILDING and parent.status is Status.OCCUPIED:
            parent.status = Status.UNDER_USED

    def _finished(self, asset: Asset) -> str:
        """What became of an asset: new, changed or unchanged."""
        _set(asset, "words", words_of(asset, asset.holder))
        _set(asset, "name_key", name_key(asset.name))
        if asset in self.session.new:
            return "new"
        if not self.session.is_modified(asset, include_collections=False):
            return "unchanged"
        asset.changed_at = self.now
        return "changed"


PLACE_DETAILS = ("located_by", "outlier", "ward_id")


def _place(entry: Entry, asset: Asset) -> dict[str, Any]:
    """The place as values; where the broker put an asset by hand, it stays."""
    if entry.shape is None or asset.located_by is LocatedBy.BROKER:
        return {"ward_id": entry.ward_id} if entry.ward_id and asset.shape is None else {}
    details = {name: getattr(entry, name) for name in PLACE_DETAILS}
    return {"shape": entry.shape} | details


def _set(thing: Asset | Fact, name: str, value: Any) -> bool:
    """Set a value only where it differs, so that nothing is written that was there; whether it did."""
    differs = getattr(thing, name) != value
    if differs:
        setattr(thing, name, value)
    return differs
