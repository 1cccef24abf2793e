"""An invented borough, the same every time, in the files that a real council publishes.

One import path then serves both: what reads these four files reads a real council's.
"""

import csv
import io
import json
import random
from dataclasses import dataclass
from pathlib import Path

import shapely

from portal.demo import catalogue, names, postcodes
from portal.demo.awkward import spoil
from portal.demo.estate import Asset, Estate
from portal.demo.land import Land, survey, to_degrees
from portal.demo.streets import StreetMap, build

SEED = 20261
SLUG = "thornmere"
REGISTER_DATE = "2026-09-01"
REGISTER_COLUMNS = (
    "OrganisationLabel", "OrganisationURI", "EffectiveDate", "UPRN", "AssetCode", "PropertyName",
    "StreetNumber", "StreetName", "PostTown", "PostCode", "CoordinateReferenceSystem", "GeoX",
    "GeoY", "TenureType", "TenureDetail", "OtherDetail", "HoldingType", "BuildingSize", "LandArea",
    "EnergyRating",
    "Kind", "ParentAssetCode", "HalfOf", "Capacity", "StepFree", "HearingLoop", "AccessibleToilet",
    "PublicHours", "HireHours", "PricePencePerHour", "OpenedBy", "Status", "Geometry",
)  # fmt: skip


@dataclass(frozen=True)
class Borough:
    land: Land
    postcodes: list
    assets: list[Asset]


@dataclass(frozen=True)
class Files:
    """Where the four files of an area lie; a real council's may lack some."""

    boundary: Path | None
    wards: Path | None
    postcodes: Path | None
    register: Path


def make(seed=SEED):
    """The borough, in metres, before anything awkward befalls its register."""
    rng = random.Random(seed)  # noqa: S311 -- a town, not a secret
    land = survey(rng)
    streets, blocks = build(rng, land, names.NameBook(rng))
    delivered = postcodes.deliver(rng, land.wards, blocks)
    estate = Estate(rng, land, blocks, StreetMap(streets), postcodes.PostcodeMap(delivered))
    return Borough(land, delivered, list(estate.assets()))


def texts(borough):
    """The four files as text, by file name."""
    land = borough.land
    return {
        "boundary.geojson": _collection([(postcodes.AUTHORITY, names.BOROUGH, land.boundary)]),
        "wards.geojson": _collection([(w.code, w.place.name, w.shape) for w in land.wards]),
        "postcodes.csv": _table(
            postcodes.COLUMNS, postcodes.rows(borough.postcodes, land.wards, to_degrees)
        ),
        "register.csv": _table(REGISTER_COLUMNS, spoil([register_row(a) for a in borough.assets])),
    }


def write(folder):
    """Write the four files into `folder` and say where they are."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts(make()).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return Files(
        boundary=folder / "boundary.geojson",
        wards=folder / "wards.geojson",
        postcodes=folder / "postcodes.csv",
        register=folder / "register.csv",
    )


def register_row(asset):
    """One line of the register, as its holder would publish it."""
    shape = to_degrees(asset.shape)
    point = shapely.set_precision(shape.representative_point(), 1e-6)
    serial = sum(ord(letter) * 31**i for i, letter in enumerate(asset.code)) % 10**8
    row = dict.fromkeys(REGISTER_COLUMNS, "")
    row |= {
        "OrganisationLabel": asset.holder,
        "OrganisationURI": f"https://example.org/id/{asset.holder.lower().replace(' ', '-')}",
        "EffectiveDate": REGISTER_DATE,
        "UPRN": f"9990{serial:08}" if asset.kind == "building" else "",
        "AssetCode": asset.code,
        "PropertyName": asset.name,
        "StreetNumber": asset.number,
        "StreetName": asset.street,
        "PostTown": asset.town,
        "PostCode": asset.postcode,
        "CoordinateReferenceSystem": "WGS84",
        "GeoX": f"{point.x:.6f}",
        "GeoY": f"{point.y:.6f}",
        "TenureType": "Freehold",
        "TenureDetail": "Vacant" if asset.status == catalogue.VACANT else "Owner Occupied",
        "OtherDetail": asset.detail,
        "Kind": asset.kind,
        "Status": asset.status,
        "Geometry": shapely.to_wkt(shape, rounding_precision=6) if asset.kind != "room" else "",
    }
    return row | asset.extra


def _collection(features):
    """GeoJSON with the property names that the Office for National Statistics' extracts have."""
    found = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"area_code": code, "area_name": name},
                "geometry": shapely.geometry.mapping(to_degrees(shape)),
            }
            for code, name, shape in features
        ],
    }
    return json.dumps(found, indent=1) + "\n"


def _table(columns, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
