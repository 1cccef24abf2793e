"""Lines and records of a table of text, as bodies publish them: any encoding, and quotation marks never closed.

Read as it comes, never held: a register may have a million rows.
"""

import csv
import io
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from geo.columns import known

csv.field_size_limit(10_000_000)  # a polygon in one cell may be long
DELIMITERS = ",;\t|"
MANY_COLUMNS = 5  # from here on a line with as many delimiters as a row is a row, not a line of somebody's notes
MOST_LINES = 400  # of one cell: whoever writes more has not closed a quotation mark
SAMPLE_LINES = 400
TOP_LINES = 20
REPAIRED, REFUSED = "repaired", "refused"


class UnreadableError(ValueError):
    """The file cannot be read; the message is one plain sentence that says why."""


class Fault(NamedTuple):
    """What is wrong with a row as written: `what` is REPAIRED or REFUSED, `why` a clause that follows "it"."""

    what: str
    why: str


class Record(NamedTuple):
    """One row: the line it begins on (1 is the file's first), its cells, and what is wrong with it."""

    line: int
    cells: list[str]
    fault: Fault | None = None


UNCLOSED = "a quotation mark in it is never closed; it was read as a letter"
UNREAD = "a quotation mark in it is never closed, so its cells cannot be told apart"


def lines_of(path: Path) -> Generator[str, None, None]:
    """The lines with their ends: UTF-8 with or without a mark, UTF-16 with one, else (line by line) Windows-1252.

    Raises UnreadableError when the file is missing, empty, damaged or plainly not text.
    """
    try:
        with _opened(path) as file:
            yield from _lines_in(file, path.name)
    except DAMAGED as wrong:
        raise UnreadableError(
            f"{path.name} is a zip that is damaged or locked. Unpack it, and give the table in it."
        ) from wrong


# What reading a zip raises; RuntimeError where it wants a password.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def _lines_in(file: IO[bytes], name: str) -> Iterator[str]:
    first = file.read(65_536)
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        file.seek(0)
        with io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="") as wide:
            yield from wide
        return
    if b"\x00" in first:
        raise UnreadableError(f"{name} is not a table of text (CSV).")
    if not first.strip(b"\xef\xbb\xbf \t\r\n,;"):
        raise UnreadableError(f"{name} is empty.")
    file.seek(0)
    old_mac = b"\r" in first and b"\n" not in first
    raw = _ended_by_returns(file) if old_mac else iter(file)
    yield _decoded(next(raw)).removeprefix("\ufeff")
    yield from map(_decoded, raw)


def _opened(path: Path) -> IO[bytes]:
    """The file, or the one table in it when it is a zip."""
    if not path.is_file():
        raise UnreadableError(f"There is no file at {path}.")
    if not zipfile.is_zipfile(path):
        return path.open("rb")
    names = zipfile.ZipFile(path).namelist()
    if any(name.startswith(("xl/", "word/", "content.xml")) for name in names):
        raise UnreadableError(
            f"{path.name} is a spreadsheet, which is not a table of text. Save it as CSV first."
        )
    tables = [name for name in names if name.casefold().endswith((".csv", ".txt", ".tsv"))]
    if len(tables) != 1:
        raise UnreadableError(
            f"{path.name} is not a table of text (CSV), nor a zip with one in it."
        )
    return zipfile.ZipFile(path).open(tables[0])


def _ended_by_returns(file: IO[bytes]) -> Iterator[bytes]:
    return iter(file.read().replace(b"\r", b"\n").splitlines(keepends=True))


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


class _SwallowedError(Exception):
    """A cell went on over what is a row of its own."""


class _Feed:
    """Lines for the reader of records, which remembers those of the record being read and can take them back."""

    def __init__(self, lines: Iterator[str], delimiter: str, width: int):
        self.lines, self.delimiter, self.width = lines, delimiter, width
        self.ahead: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.ahead.popleft() if self.ahead else next(self.lines)
        self.taken.append(line)
        self.number += 1
        if len(self.taken) > 1 and self._is_row(line):
            raise _SwallowedError
        return line

    def _is_row(self, line: str) -> bool:
        if len(self.taken) > MOST_LINES:
            return True
        if (
            self.width < MANY_COLUMNS
            or line.count('"') % 2
            or line.count(self.delimiter) < self.width - 1
        ):
            return False
        return len(next(csv.reader([_joined(line)], delimiter=self.delimiter))) >= self.width

    def first_alone(self) -> tuple[list[str], Fault | None]:
        """Give back all lines but the record's first, and read that one by itself as well as it goes."""
        first, others = _joined(self.taken[0]), self.taken[1:]
        self.ahead.extendleft(reversed(others))
        self.number -= len(others)
        lenient = next(csv.reader([first], delimiter=self.delimiter))
        if len(lenient) == self.width and first.count('"') % 2 == 0:
            return lenient, None  # marks within a marked cell: "The "Old" Hall"
        literal = next(csv.reader([first], delimiter=self.delimiter, quoting=csv.QUOTE_NONE))
        fits = len(literal) == self.width
        fault = Fault(REPAIRED, UNCLOSED) if fits else Fault(REFUSED, UNREAD)
        return [cell.strip().strip('"') for cell in literal], fault


def records(lines: Iterable[str], delimiter: str, width: int) -> Iterator[Record]:
    """The rows of a table `width` columns wide that are not blank; cells may hold line ends."""
    feed = _Feed(iter(lines), delimiter, width)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        line, feed.taken, fault = feed.number + 1, [], None
        try:
            cells = next(reader)
            swallowed = _doubtful(feed.taken, cells, width)
        except StopIteration:
            return
        except (_SwallowedError, csv.Error):
            swallowed = True
        if swallowed:
            cells, fault = feed.first_alone()
        if any(map(str.strip, cells)):
            yield Record(line, cells, fault)


def _doubtful(taken: Sequence[str], cells: Sequence[str], width: int) -> bool:
    """Whether a mark was left open: an odd number of them, and cells that do not fit."""
    if len(taken) == 1 and len(cells) == width:
        return False
    odd = sum(line.count('"') for line in taken) % 2 == 1
    return odd if len(taken) == 1 else odd or len(cells) > width


def layout(path: Path) -> tuple[list[str], str, int]:
    """(the first lines, the delimiter, how many columns most rows have) of a table of text."""
    with closing(lines_of(path)) as lines:
        first = list(islice(lines, SAMPLE_LINES))
    best = max(DELIMITERS, key=lambda d: (_understood(first, d), *_evenness(first, d)))
    return first, best, _usual_width(first, best)


def _usual_width(lines: Sequence[str], delimiter: str) -> int:
    """The most frequent number of cells of a line; of two as frequent, the first line's."""
    every = [len(cells) for cells in csv.reader(map(_joined, lines), delimiter=delimiter)]
    widths = Counter(width for width in every if width)
    return max(widths, key=lambda width: (widths[width], width == every[0]), default=1)


def _understood(lines: Sequence[str], delimiter: str) -> int:
    """In how many headings the line near the top makes sense that makes most."""
    near = csv.reader(map(_joined, lines[:TOP_LINES]), delimiter=delimiter)
    return max((len({f[0] for cell in cells if (f := known(cell))}) for cells in near), default=0)


def _joined(line: str) -> str:
    """A line without returns inside it, which no reader takes outside of quotation marks."""
    return line.replace("\r", " ") if "\r" in line[:-2] else line


def _evenness(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    widths = Counter(line.count(delimiter) + 1 for line in lines if line.strip())
    width, often = max(
        widths.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]), default=(1, 0)
    )
    parsed = Counter(map(len, csv.reader(map(_joined, lines), delimiter=delimiter)))
    true, number = max(
        parsed.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]), default=(1, 0)
    )
    return (max(often, number) * (max(width, true) > 1), max(width, true))
