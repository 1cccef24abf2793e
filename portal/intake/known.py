"""Which asset a row is about: by its holder's code, then by its UPRN, then by its place and name."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import cos, hypot, radians
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from geo.crs import METRES_PER_DEGREE
from portal.areas.rules import postcode_key
from portal.intake import storing
from portal.intake.merging import CURRENT
from portal.intake.reading import Batch
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, name_key

NEAR_METRES = 50


class Known:
    """The assets that an area had before, and which of them the file has spoken of."""

    def __init__(self, connection: Connection, area_id: int):
        self.connection, self.area_id = connection, area_id
        ids = select(Asset.id).where(Asset.area_id == area_id).order_by(Asset.id.desc()).limit(1)
        self.last = connection.scalar(ids) or 0
        self.seen = bytearray(self.last + 1)
        self.uprns = array("q")  # of all rows, to know which are theirs alone
        moved = (
            select(Asset.code, Asset.id)
            .join(Fact, Fact.asset_id == Asset.id)
            .where(Asset.area_id == area_id, Fact.name == "holder_id", Fact.checked)
        )
        self.moved = {row.code: row.id for row in connection.execute(moved)} if self.last else {}

    def by_code(self, batch: Batch, holder_ids: Sequence[int]) -> dict[int, Row[Any]]:
        """{row: asset} for the rows whose holder has an asset of that code, and for those whose asset a person
        has found to be another holder's.
        """
        if not self.last:
            return {}
        found: dict[tuple[int, str], Row[Any]] = {}
        codes = defaultdict(set)
        for holder_id, code in zip(holder_ids, batch.codes, strict=True):
            codes[holder_id].add(code)
        for holder_id, some in codes.items():
            where = (Asset.area_id == self.area_id, Asset.holder_id == holder_id)
            for asset in storing.find(self.connection, CURRENT, "code", some, *where):
                found[holder_id, asset.code] = asset
            if lost := {self.moved[code] for code in some & self.moved.keys()}:
                for asset in storing.find(self.connection, CURRENT, "id", lost):
                    found.setdefault((holder_id, asset.code), asset)
        keys = enumerate(zip(holder_ids, batch.codes, strict=True))
        return {row: found[key] for row, key in keys if key in found and row not in batch.refused}

    def note(self, assets: Iterable[Row[Any]]) -> None:
        """These assets are in the file."""
        for asset in assets:
            if asset.id <= self.last:
                self.seen[asset.id] = 1

    def count_uprns(self, batch: Batch) -> None:
        """Remember the UPRNs of all rows that are no rooms: a room has its building's."""
        kinds = batch.kinds
        for uprn, kind in zip(batch.values.get("uprn", ()), kinds, strict=False):
            if uprn and kind is not Kind.ROOM:
                self.uprns.append(int(uprn))

    def doubled(self) -> frozenset[int]:
        """UPRNs that more than one row has."""
        numbers, counts = np.unique(np.frombuffer(self.uprns, dtype=np.int64), return_counts=True)
        return frozenset(numbers[counts > 1].tolist())

    def by_other(
        self, batch: Batch, holder_ids: Sequence[int], doubled: frozenset[int], *, any_holder: bool
    ) -> dict[int, Row[Any]]:
        """{row: asset} for rows that no code finds: the one asset with its UPRN, else the one of its name there."""
        found: dict[int, Row[Any]] = {}
        uprns = batch.values.get("uprn") or [None] * len(batch)
        by_uprn = self._grouped("uprn", (u for u in uprns if u))
        keys = [name_key(name) for name in batch.values["name"]]
        by_name = self._grouped("name_key", keys)
        for row, (uprn, key, kind) in enumerate(zip(uprns, keys, batch.kinds, strict=True)):
            holder = None if any_holder else holder_ids[row]
            same = by_uprn.get(uprn, []) if uprn and int(uprn) not in doubled else []
            if len(same) == 1 and self._free(same[0], kind, holder):
                asset = same[0]
            else:
                there = [
                    a
                    for a in by_name.get(key, ())
                    if self._free(a, kind, holder) and _near(batch, row, a)
                ]
                if len(there) != 1:
                    continue
                asset = there[0]
            found[row] = asset
            self.note([asset])
        return found

    def _grouped(self, column: str, keys: Iterable[str]) -> Mapping[str, list[Row[Any]]]:
        groups = defaultdict(list)
        where = (Asset.area_id == self.area_id, Asset.id <= self.last)
        for asset in storing.find(self.connection, CURRENT, column, keys, *where):
            if column != "uprn" or asset.kind != Kind.ROOM:
                groups[getattr(asset, column)].append(asset)
        return groups

    def _free(self, asset: Row[Any], kind: Kind, holder_id: int | None) -> bool:
        rooms_apart = (asset.kind == Kind.ROOM) == (kind is Kind.ROOM)
        same = holder_id is None or asset.holder_id == holder_id
        return not self.seen[asset.id] and rooms_apart and same


def _near(batch: Batch, row: int, asset: Row[Any]) -> bool:
    """Whether a row's place is an asset's: within some metres of its box, or the same whole postcode."""
    said = {side: batch.values[side][row] for side in ("west", "south", "east", "north")}
    if said["west"] is not None and asset.west is not None:
        across = max(asset.west - said["east"], said["west"] - asset.east, 0.0)
        along = max(asset.south - said["north"], said["south"] - asset.north, 0.0)
        if hypot(across * cos(radians(asset.south)), along) * METRES_PER_DEGREE <= NEAR_METRES:
            return True
    codes = [postcode_key(code or "") for code in (_value(batch, "postcode", row), asset.postcode)]
    return codes[0] is not None and codes[0] == codes[1]


def _value(batch: Batch, column: str, row: int) -> Any:
    column_ = batch.values.get(column)
    return column_[row] if column_ else None
