"""Rooms into their buildings and halves into their halls, once all rows of a file are written."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection, Row

from portal.intake import storing
from portal.intake.changes import Changes
from portal.intake.placing import PLACE
from portal.intake.report import Line, Report
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Status

FIELDS = ("id", "code", "name", "parent_id", "kind", "status", *PLACE)


def part(row: int, batch: Any, asset_id: int, holder_id: int) -> tuple[Any, ...] | None:
    """What is to be remembered of a row that belongs to another: its line, asset, building and hall."""
    building, hall = batch.texts("parent_code")[row], batch.texts("half_of")[row]
    if not (building or hall):
        return None
    return batch.lines[row], asset_id, holder_id, building, hall


def join(
    connection: Connection,
    area_id: int,
    parts: Sequence[tuple[Any, ...]],
    changes: Changes,
    report: Report,
) -> None:
    """A room belongs to its building, half a hall to the hall; without a place of its own it stands where the building
    does. A building with rooms is under-used.
    """
    whole = _wholes(connection, area_id, parts)
    own = {a.id: a for a in storing.find(connection, FIELDS, "id", (p[1] for p in parts))}
    moved, placed, hosts = [], [], {}
    for line, asset_id, holder_id, building, hall in parts:
        asset = own[asset_id]
        parent = whole.get((holder_id, hall or building))
        stands = whole.get((holder_id, building or hall))
        if parent is None:
            why = f"{hall or building}, which it belongs to, is not in the register"
            report.counts["flagged"] += 1
            report.tell(Line(line, asset.code, asset.name, "flagged", "parent_id", why))
        elif parent.id not in (asset.parent_id, asset.id):
            moved.append((parent.id, asset.id))
        if parent and parent.kind == Kind.BUILDING and parent.status == Status.OCCUPIED:
            hosts[parent.id] = (Status.UNDER_USED.value, parent.id)
        if asset.located_by not in (None, LocatedBy.PARENT):
            continue
        if _stand(asset, stands, placed):
            report.counts.update(["located", "by_parent"])
        else:
            report.counts.update(["to_locate", "queued"])
            report.tell(
                Line(
                    line, asset.code, asset.name, "queued", "shape", "its building has no place yet"
                )
            )
    for names, rows in (
        (("parent_id",), moved),
        (PLACE, placed),
        (("status",), list(hosts.values())),
    ):
        if rows:
            changes.expect(len(rows))
            storing.change(connection, names, rows)


def _wholes(
    connection: Connection, area_id: int, parts: Sequence[tuple[Any, ...]]
) -> dict[tuple[int, str], Row[Any]]:
    found = {}
    for holder_id in {part[2] for part in parts}:
        codes = {code for part in parts if part[2] == holder_id for code in part[3:] if code}
        where = (Asset.area_id == area_id, Asset.holder_id == holder_id)
        for asset in storing.find(connection, FIELDS, "code", codes, *where):
            found[holder_id, asset.code] = asset
    return found


def _stand(asset: Row[Any], building: Row[Any] | None, placed: list[tuple[Any, ...]]) -> bool:
    """Whether its building gives it a place; what is to be written is added to `placed`."""
    if building is None or building.shape is None:
        return False
    values = {column: getattr(building, column) for column in PLACE} | {
        "located_by": LocatedBy.PARENT.value
    }
    if any(values[column] != getattr(asset, column) for column in PLACE):
        placed.append((*values.values(), asset.id))
    return True
