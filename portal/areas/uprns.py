"""Loading the national list of properties (OS Open UPRN): forty million lines, of which an area keeps its own.

The list is read once, in passing: what lies in the area waits in a file of its own, so neither memory nor the
database's lock is held for the minutes that this takes.
"""

import csv
import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from tqdm import tqdm

from geo.crs import Box
from portal.areas.models import Area, Uprn
from portal.errors import BadInput

NEEDED = ("uprn", "longitude", "latitude")
KEPT = struct.Struct("<qdd")
IN_MEMORY = 1_000_000  # bytes; what is more goes to the disk
BATCH = 5000
LARGEST = 10**12  # twelve figures


class Property(NamedTuple):
    """A property's number and its point in degrees."""

    uprn: int
    lon: float
    lat: float


class Sifted(NamedTuple):
    """The area's properties, in a file that goes when they are stored, and how many lie elsewhere."""

    kept: IO[bytes]
    elsewhere: int


@contextmanager
def sift(path: Path, box: Box) -> Iterator[Sifted]:
    """Read the whole list and keep what lies in the box. Raises BadInput with the first line that is wrong."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        elsewhere = 0
        with _opened(path) as text:
            lines = _properties(text, path)
            for found in tqdm(lines, desc=path.name, unit=" lines", disable=None, leave=False):
                if box.holds(found.lon, found.lat):
                    kept.write(KEPT.pack(*found))
                else:
                    elsewhere += 1
        if not kept.tell():
            raise BadInput(
                "no-uprns", "%(file)s has none of the properties of this area.", file=path.name
            )
        kept.seek(0)
        yield Sifted(kept, elsewhere)


def store(session: Session, area: Area, sifted: Sifted) -> Counter[str]:
    """Write what differs; counts it."""
    done: Counter[str] = Counter(new=0, changed=0, unchanged=0, elsewhere=sifted.elsewhere)
    pieces = iter(lambda: sifted.kept.read(KEPT.size * BATCH), b"")
    for batch in map(KEPT.iter_unpack, pieces):
        done.update(_store_some(session, area, map(Property._make, batch)))
    return done


def _store_some(session: Session, area: Area, batch: Iterable[Property]) -> Counter[str]:
    said = {str(one.uprn): one for one in batch}
    query = select(Uprn.uprn, Uprn.lon, Uprn.lat)
    rows = session.execute(query.where(Uprn.area_id == area.id, Uprn.uprn.in_(said)))
    known = {row.uprn: (row.lon, row.lat) for row in rows}
    wanted = {
        uprn: {"area_id": area.id, "uprn": uprn, "lon": one.lon, "lat": one.lat}
        for uprn, one in said.items()
        if known.get(uprn) != (one.lon, one.lat)
    }
    new = [values for uprn, values in wanted.items() if uprn not in known]
    changed = [values for uprn, values in wanted.items() if uprn in known]
    if new:
        session.execute(insert(Uprn), new)
    if changed:
        session.execute(update(Uprn), changed)
    return Counter(new=len(new), changed=len(changed), unchanged=len(said) - len(wanted))


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[str]]:
    """The lines of the list, also while it is still packed as it is downloaded."""
    try:
        if not zipfile.is_zipfile(path):
            with path.open(encoding="utf-8-sig", newline="") as text:
                yield text
            return
        with zipfile.ZipFile(path) as pack, pack.open(_longest_table(pack)) as raw:
            yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
    except (OSError, LookupError, EOFError, zipfile.BadZipFile, zlib.error) as wrong:
        raise BadInput(
            "unreadable-list",
            "%(file)s cannot be opened, or is broken. Nothing was changed; get the file again.",
            file=path.name,
        ) from wrong


def _longest_table(pack: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Raises LookupError where the pack has no table."""
    tables = [info for info in pack.infolist() if info.filename.lower().endswith(".csv")]
    if not tables:
        raise LookupError("no table")
    return max(tables, key=lambda info: info.file_size)


def _properties(text: Iterable[str], path: Path) -> Iterator[Property]:
    reader = csv.reader(text)
    try:
        headings = [name.strip().casefold() for name in next(reader, [])]
        if not set(NEEDED) <= set(headings):
            raise BadInput(
                "no-columns",
                "%(file)s needs the columns UPRN, LATITUDE and LONGITUDE of the national list.",
                file=path.name,
            )
        number, x, y = map(headings.index, NEEDED)
        for cells in reader:
            if cells:
                yield _property(cells[number], cells[x], cells[y])
    except (ValueError, IndexError, csv.Error) as wrong:
        raise BadInput(
            "broken-list",
            "%(file)s cannot be read at line %(line)d. Nothing was changed; get the file again.",
            file=path.name,
            line=reader.line_num,
        ) from wrong


def _property(number: str, x: str, y: str) -> Property:
    """Raises ValueError for what is no property."""
    found = Property(int(number), float(x), float(y))
    if not (0 < found.uprn < LARGEST and -180 <= found.lon <= 180 and -90 <= found.lat <= 90):  # noqa: PLR2004 - degrees
        raise ValueError(number)
    return found
