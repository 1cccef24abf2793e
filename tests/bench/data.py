"""The register that the benchmarks search: seeded, a million assets of England by default.

Most stand around two hundred towns whose sizes fall as those of real towns do, the rest anywhere; one in ten is a
plot with its outline, one in a hundred has no place. The first rows of a longer register are a shorter one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import shapely

SEED = 20260301
AREA = {"id": 1, "slug": "bench", "name": "England", "nation": "england"}
TOWNS = 200
HOLDERS = 300
WARDS = 8
IN_TOWN, IS_PLOT, UNPLACED = 0.85, 0.10, 0.01
METRES_A_DEGREE = 111_320.0
AS_OF = date(2026, 3, 1)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

# Roughly England, so that no asset stands in the sea by more than a little.
ENGLAND = shapely.Polygon(
    [(-5.6, 50.1), (-3.6, 50.3), (-1.3, 50.8), (1.3, 51.2), (0.8, 51.6), (1.7, 52.6), (0.4, 52.9), (0.0, 53.6),
     (-1.2, 54.6), (-2.0, 55.7), (-3.4, 54.9), (-3.0, 53.4), (-2.9, 51.7), (-4.4, 51.0)]
)  # fmt: skip
# How often each kind and status occurs in registers we know: most of what a body holds is in use.
KINDS = {"land": 0.40, "building": 0.45, "room": 0.15}
STATUSES = {"vacant": 0.20, "under_used": 0.10, "granted": 0.01, "in_use": 0.02, "occupied": 0.67}
STREETS = ("Mill", "Church", "Station", "High", "Park", "Victoria", "Albert", "Canal", "Abbey", "Orchard",
           "Chapel", "Market", "King", "Queen", "School", "Green", "North", "South", "West", "East")  # fmt: skip
ENDS = ("Street", "Road", "Lane", "Avenue", "Way", "Close")
THINGS = {
    "land": ("Land", "Plot", "Garage site", "Former playground", "Verge", "Allotment"),
    "building": ("Depot", "Library", "Hall", "Surgery", "School", "Offices"),
    "room": ("Main hall", "Meeting room", "Studio", "Kitchen", "Small hall", "Gallery"),
}


@dataclass(frozen=True)
class Register:
    """What is written into a portal's database. `shapes` go with the rows of `assets`; None has no place."""

    assets: pd.DataFrame
    shapes: np.ndarray
    towns: np.ndarray  # longitude and latitude, the largest first


def make(rows: int) -> Register:
    """The same register each time for the same number of rows."""
    places, weights = _towns()
    parts = [_block(block, places, weights) for block in range(-(-rows // BLOCK))]
    assets = pd.concat([frame for frame, _ in parts], ignore_index=True)[:rows]
    shapes = np.concatenate([shapes for _, shapes in parts])[:rows]
    placed = ~shapely.is_missing(shapes)
    bounds = shapely.bounds(shapes)
    assets = assets.assign(
        id=np.arange(1, rows + 1),
        code=[f"B{number:07}" for number in range(1, rows + 1)],
        located_by=np.where(placed, "coordinates", None),
        **{side: bounds[:, i] for i, side in enumerate(("west", "south", "east", "north"))},
    )
    return Register(assets, shapes, places)


# Rows are drawn in blocks with a seed each, so that a shorter register is the beginning of a longer one.
BLOCK = 10_000


def _block(number: int, towns: np.ndarray, weights: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng((SEED, number))
    lonlat = _places(rng, towns, weights)
    kind = rng.choice(list(KINDS), BLOCK, p=list(KINDS.values()))
    plot = (rng.random(BLOCK) < IS_PLOT / KINDS["land"]) & (kind == "land")
    shapes = np.asarray(shapely.points(lonlat), dtype=object)
    shapes[plot] = _outlines(rng, lonlat[plot])
    shapes[rng.random(BLOCK) < UNPLACED] = None
    street = _some(rng, [f"{name} {end}" for name in STREETS for end in ENDS])
    thing = np.where(
        kind == "land",
        _some(rng, THINGS["land"]),
        np.where(kind == "room", _some(rng, THINGS["room"]), _some(rng, THINGS["building"])),
    )
    house = rng.integers(1, 200, BLOCK).astype(str)
    letters = _some(rng, [f"{a}{b}" for a in "ABCDEFGHJKLMNOPRSTW" for b in "ABDEFGHJLNPQRSTUWXYZ"])
    capacity = np.where(kind == "land", np.nan, rng.integers(5, 300, BLOCK).astype(float))
    capacity[rng.random(BLOCK) < 0.5] = np.nan
    checked = rng.random(BLOCK) < 0.3
    frame = pd.DataFrame(
        {
            "kind": kind,
            "status": rng.choice(list(STATUSES), BLOCK, p=list(STATUSES.values())),
            "name": [f"{t}, {h} {s}" for t, h, s in zip(thing, house, street, strict=True)],
            "street_number": house,
            "street": street,
            "postcode": [f"{two}{a} {b}{two}" for two, a, b in zip(letters, rng.integers(1, 30, BLOCK), rng.integers(1, 10, BLOCK), strict=True)],
            "holder_id": rng.integers(1, HOLDERS + 1, BLOCK),
            "ward_id": pd.array(np.where(rng.random(BLOCK) < 0.2, rng.integers(1, WARDS + 1, BLOCK), 0)).astype("Int64"),
            "land_m2": np.where(kind == "land", rng.lognormal(7, 1.2, BLOCK).round(1), np.nan),
            "capacity": pd.array(np.nan_to_num(capacity)).astype("Int64"),
            "step_free": np.where(checked, rng.random(BLOCK) < 0.6, None),
            "tenure_kind": rng.choice(["freehold", "leasehold", "licence", "other"], BLOCK, p=[0.7, 0.2, 0.05, 0.05]),
        }
    )  # fmt: skip
    for column in ("ward_id", "capacity"):
        frame.loc[frame[column] == 0, column] = pd.NA
    return frame, shapes


def _some(rng: np.random.Generator, words) -> np.ndarray:
    return np.asarray(words, dtype=object)[rng.integers(0, len(words), BLOCK)]


def _towns() -> tuple[np.ndarray, np.ndarray]:
    """Where towns stand, and what part of the assets each has: the n-th largest 1/n^0.8 of the first."""
    rng = np.random.default_rng((SEED, 999_999))
    west, south, east, north = ENGLAND.bounds
    tried = rng.uniform((west, south), (east, north), (TOWNS * 10, 2))
    inside = tried[shapely.contains_xy(ENGLAND, tried)][:TOWNS]
    weights = 1 / np.arange(1, TOWNS + 1) ** 0.8
    return inside, weights / weights.sum()


def _places(rng: np.random.Generator, towns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Longitude and latitude of one block: a town's assets spread by a few kilometres, more in a large one."""
    west, south, east, north = ENGLAND.bounds
    anywhere = rng.uniform((west, south), (east, north), (BLOCK, 2))
    town = rng.choice(TOWNS, BLOCK, p=weights)
    metres = 9000 * np.sqrt(weights[town] / weights[0]) + 800
    offset = rng.normal(size=(BLOCK, 2)) * metres[:, None]
    around = towns[town] + _degrees(offset, towns[town, 1])
    return np.where((rng.random(BLOCK) < IN_TOWN)[:, None], around, anywhere).round(6)


def _degrees(metres: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Metres east and north as degrees at that latitude, as near as a benchmark needs."""
    return metres / METRES_A_DEGREE / np.column_stack((np.cos(np.radians(lat)), np.ones(len(lat))))


def _outlines(rng: np.random.Generator, centres: np.ndarray) -> np.ndarray:
    """A plot around each centre with 10 to 30 corners, 15 to 120 metres from it."""
    corners = rng.integers(10, 31, len(centres))
    who = np.repeat(np.arange(len(centres)), corners)
    turn = np.arange(len(who)) - np.repeat(np.cumsum(corners) - corners, corners)
    angle = 2 * np.pi * turn / corners[who]
    radius = np.repeat(rng.uniform(20, 120, len(centres)), corners) * rng.uniform(
        0.6, 1.0, len(who)
    )
    metres = np.column_stack((np.cos(angle), np.sin(angle))) * radius[:, None]
    ring = centres[who] + _degrees(metres, centres[who, 1])
    rings = shapely.linearrings(ring.round(6), indices=who)
    return np.asarray(shapely.polygons(rings), dtype=object)


def holders() -> list[str]:
    """The bodies' names, by their number from 1."""
    return [f"{STREETS[n % 20]}{ENDS[n % 6].lower()} Council {n}" for n in range(1, HOLDERS + 1)]


def wards() -> list[tuple[str, shapely.Geometry]]:
    """A few wards around the largest towns."""
    places = _towns()[0][:WARDS]
    return [
        (f"Ward {n}", shapely.Point(place).buffer(0.05, quad_segs=4))
        for n, place in enumerate(places, 1)
    ]
