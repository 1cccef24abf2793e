"""What a search shows, as files to take away: CSV with the Transparency Code's columns, GeoJSON, GeoPackage.

The columns of the CSV are those that registers are published with, so that what leaves one portal can be read into
another. A file of any length is written while it is sent.
"""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Row, select

from portal.areas.models import Ward
from portal.config import ROOT
from portal.db import db
from portal.documents.spreadsheets import harmless
from portal.errors import BadInput
from portal.people.models import Holder
from portal.register import features, matching
from portal.register.glance import Glance, Rows
from portal.register.models import Asset, Source
from portal.register.rules import ACCESS, Kind, Status
from portal.register.search import Search

CHUNK = 1000
MOST_PACKED = 50_000  # a GeoPackage is made before it is sent, while somebody waits

HOLDING = {Kind.LAND: "Land", Kind.BUILDING: "Land / Building", Kind.ROOM: "Room"}
VACANCY = {Status.VACANT: "Vacant", Status.OCCUPIED: "Occupied"}
YES_NO = {True: "Yes", False: "No", None: ""}


def _tenure_detail(row: Row[Any]) -> str:
    """The Code has one column for tenure's detail and for "vacant"."""
    return (
        VACANCY.get(row.Asset.status, "")
        if not row.Asset.tenure_detail
        else row.Asset.tenure_detail
    )


# heading: how the value is got from a row of `_rows`
COLUMNS: dict[str, Any] = {
    "OrganisationURI": lambda r: r.uri,
    "OrganisationLabel": lambda r: r.holder,
    "EffectiveDate": lambda r: r.as_of,
    "UPRN": lambda r: r.Asset.uprn,
    "AssetCode": lambda r: r.Asset.code,
    "PropertyName": lambda r: r.Asset.name,
    "StreetNumber": lambda r: r.Asset.street_number,
    "StreetName": lambda r: r.Asset.street,
    "PostTown": lambda r: r.Asset.town,
    "PostCode": lambda r: r.Asset.postcode,
    "CoordinateReferenceSystem": lambda r: "" if r.lon is None else "WGS84",
    "GeoX": lambda r: r.lon,
    "GeoY": lambda r: r.lat,
    "TenureType": lambda r: r.Asset.tenure,
    "TenureDetail": _tenure_detail,
    "OtherDetail": lambda r: r.Asset.use_detail,
    "HoldingType": lambda r: HOLDING[r.Asset.kind],
    "BuildingSize": lambda r: r.Asset.floor_m2,
    "LandArea": lambda r: None if r.Asset.land_m2 is None else r.Asset.land_m2 / 10_000,
    "EnergyRating": lambda r: r.Asset.energy_rating,
    "Ward": lambda r: r.ward,
    "Kind": lambda r: r.Asset.kind.value,
    "Status": lambda r: r.Asset.status.value,
    "VacantSince": lambda r: r.Asset.vacant_since,
    "Capacity": lambda r: r.Asset.capacity,
    **{
        "".join(part.title() for part in name.split("_")): lambda r, name=name: YES_NO[
            getattr(r.Asset, name)
        ]
        for name in ACCESS
    },
    "OpeningHours": lambda r: r.Asset.public_hours or r.Asset.hours_text,
    "HireHours": lambda r: r.Asset.hire_hours,
}


def rows_of(seen: Glance, search: Search) -> Rows:
    """All that fit, by their numbers: the same order whenever it is asked."""
    rows = matching.match(seen, search).rows
    return rows[np.argsort(seen.id[rows])]


def as_csv(seen: Glance, search: Search) -> Iterator[str]:
    """The lines of the CSV, some at a time."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    found = rows_of(seen, search)
    for start in range(0, len(found), CHUNK):
        for row in _rows(seen, found[start : start + CHUNK]):
            writer.writerow([harmless(read(row)) for read in COLUMNS.values()])
        yield page.getvalue()
        page.seek(0)
        page.truncate()
    yield page.getvalue()


class _Placed:
    """A row of the database with the point that the register has in memory."""

    def __init__(self, row: Row[Any], lon: float | None, lat: float | None) -> None:
        self.row, self.lon, self.lat = row, lon, lat

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


def _rows(seen: Glance, found: Rows) -> Iterator[_Placed]:
    query = (
        select(
            Asset, Holder.name.label("holder"), Holder.uri, Ward.name.label("ward"), Source.as_of
        )
        .join(Holder, Holder.id == Asset.holder_id)
        .outerjoin(Ward, Ward.id == Asset.ward_id)
        .outerjoin(Source, Source.id == Asset.source_id)
        .where(Asset.id.in_(seen.id[found].tolist()))
        .order_by(Asset.id)
    )
    rows = list(db.session.execute(query))
    at = seen.rows_of([row.Asset.id for row in rows])
    for row, lon, lat in zip(rows, seen.lon[at].tolist(), seen.lat[at].tolist(), strict=True):
        placed = lon == lon  # noqa: PLR0124 - NaN
        yield _Placed(row, round(lon, 6) if placed else None, round(lat, 6) if placed else None)
    db.session.expunge_all()  # a million objects would stay


def as_geojson(seen: Glance, search: Search) -> Iterator[bytes]:
    """One FeatureCollection, some features at a time."""
    found = rows_of(seen, search)
    yield b'{"type":"FeatureCollection","features":['
    for start in range(0, len(found), CHUNK):
        chunk = features.features(seen, found[start : start + CHUNK])
        yield (b"," if start else b"") + orjson.dumps(chunk)[1:-1]
    yield b"]}"


def as_geopackage(seen: Glance, search: Search) -> bytes:
    """The same as a GeoPackage. Raises BadInput for more than MOST_PACKED assets."""
    total = len(matching.match(seen, search).rows)
    if total > MOST_PACKED:
        raise BadInput(
            "too-many-to-pack",
            "These are %(total)s places, and a GeoPackage holds at most %(most)s. Narrow the search, or take CSV or GeoJSON.",
            total=total,
            most=MOST_PACKED,
        )
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "places.geojson"), Path(folder, "places.gpkg")
        with source.open("wb") as file:
            file.writelines(as_geojson(seen, search))
        command = [sys.executable, "-m", "geo.write", str(source), str(target), "places"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300)  # noqa: S603 - our own program
        return target.read_bytes()
