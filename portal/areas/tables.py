"""A TOML file read table by table: values of the right type, or a refusal with file, line, place and reason.

`tomllib` forgets where a value stood, so the lines are found again by reading the file's headers and keys.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from portal.errors import BadInput

T = TypeVar("T")
_MISSING = object()

HEADER = re.compile(r"\s*\[\[?\s*(?P<path>[^\]]+?)\s*\]\]?\s*(#.*)?$")
KEY = re.compile(r"""\s*(?P<key>[\w"'. -]+?)\s*=""")
LONG_TEXT = re.compile(r'"""|\'\'\'')
TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')
TOML_LINE = re.compile(r"\(at line (\d+)")

# What a value is called by a person who writes one.
KINDS = {
    str: "a text",
    int: "a whole number",
    Decimal: "a number",
    date: "a date like 2027-04-01",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


class Table:
    """One table of a file; remembers which of its keys were read, so that the others can be refused."""

    def __init__(
        self, file: Path, data: Mapping[str, Any], lines: Mapping[str, int], path: str = ""
    ) -> None:
        self.file, self.data, self.lines, self.path = file, data, lines, path
        self.inner: list[Table] = []
        self.read: set[str] = set()

    def place(self, key: str) -> str:
        """The whole name of a key of this table: "periods.decision.unit"."""
        return f"{self.path}.{key}".strip(".")

    def line(self, key: str) -> int:
        """The line of a key; of its table where the key is not there; 1 for the file itself."""
        place = self.place(key)
        while place and place not in self.lines:
            place = place.rpartition(".")[0]
        return self.lines.get(place, 1)

    def wrong(self, key: str, reason: str) -> BadInput:
        """The refusal of a value."""
        return refusal(self.file, self.line(key), self.place(key), reason)

    def get(self, key: str, kind: type[T], default: Any = _MISSING) -> T:
        """The value of a key; a whole number will do where a decimal is asked for."""
        self.read.add(key)
        value: Any = self.data.get(key, default)
        if value is _MISSING:
            near = get_close_matches(key, self.data.keys() - self.read, n=1)
            raise self.wrong(key, "it is missing" + (f"; is it {near[0]!r}?" if near else ""))
        if kind is Decimal and type(value) is int:
            value = Decimal(value)
        if value is not default and type(value) is not kind:
            raise self.wrong(key, f"{value!r} is not {KINDS[kind]}")
        return value  # type: ignore[no-any-return]

    def text(self, key: str) -> str:
        """A text that is not empty."""
        if not (value := self.get(key, str).strip()):
            raise self.wrong(key, "it is empty")
        return value

    def positive(self, key: str, kind: type[T], default: Any = _MISSING) -> T:
        """A number above 0; a `default` may stand for none."""
        value = self.get(key, kind, default)
        if value is not default and value <= 0:  # type: ignore[operator]
            raise self.wrong(key, "it must be more than 0")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: Any = _MISSING) -> Any:
        """One of some words."""
        value = self.get(key, str, default)
        if value is not default and value not in (known := tuple(allowed)):
            raise self.wrong(key, none_of(value, known))
        return value

    def words(
        self, key: str, allowed: Iterable[str] | None = None, default: Any = _MISSING
    ) -> tuple[str, ...]:
        """A list of texts, each once, of those that are allowed."""
        values, known = self.get(key, list, default), None if allowed is None else tuple(allowed)
        for value in values:
            if type(value) is not str:
                raise self.wrong(key, f"{value!r} is not a text")
            if known is not None and value not in known:
                raise self.wrong(key, none_of(value, known))
        if len(set(values)) < len(values):
            raise self.wrong(key, "something stands in it twice")
        return tuple(values)

    def inside(self, key: str, default: Any = _MISSING) -> "Table":
        """The table of that name inside this one."""
        found = Table(self.file, self.get(key, dict, default), self.lines, self.place(key))
        self.inner.append(found)
        return found

    def entries(
        self, key: str, make: Callable[["Table", str], T], default: Any = _MISSING
    ) -> Mapping[str, T]:
        """A table of named entries, each made by `make(this table, its name)`."""
        table = self.inside(key, default)
        if not table.data and default is _MISSING:
            raise self.wrong(key, "it is empty")
        return MappingProxyType({name: make(table, name) for name in table.data})

    def nothing_else(self) -> None:
        """Refuse a key that nobody asked for, here or further in: mostly a slip of the pen."""
        for key in self.data:
            if key not in self.read:
                raise self.wrong(key, f"nothing reads it here; {_known(key, self.read)}")
        for table in self.inner:
            table.nothing_else()


def none_of(name: str, known: Iterable[str]) -> str:
    """Why a name is refused, with the one that was probably meant, or with all that there are."""
    return f"{name!r} is not known; {_known(name, known)}"


def _known(name: str, known: Iterable[str]) -> str:
    names = sorted(str(each) for each in known)
    near = get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names) or 'none'}"


def refusal(file: Path, line: int, place: str, reason: str) -> BadInput:
    """The refusal of a file, as `portal profile check` prints it and a page shows it."""
    return BadInput(
        "wrong-profile",
        "%(file)s:%(line)s: %(place)s: %(reason)s",
        file=file.name,
        line=line,
        place=place,
        reason=reason,
    )


def read_table(file: Path) -> Table:
    """The outermost table of a file. Raises BadInput when it cannot be read as TOML."""
    try:
        text = file.read_text("utf-8-sig")
        return Table(file, tomllib.loads(text, parse_float=Decimal), lines_of(text))
    except (OSError, UnicodeDecodeError) as wrong:
        raise refusal(file, 1, "the file", f"it cannot be read ({wrong})") from wrong
    except tomllib.TOMLDecodeError as wrong:
        at = TOML_LINE.search(str(wrong))
        line = int(at[1]) if at else max(1, len(text.splitlines()))
        raise refusal(file, line, "the file", str(wrong)) from wrong


def lines_of(text: str) -> dict[str, int]:
    """The line of every table and key by its whole name: {"periods.decision": 30, "periods.decision.unit": 32}.

    Knows headers, dotted and quoted keys and texts over several lines; of an inline table, its line.
    """
    found: dict[str, int] = {}
    table, inside, deep = "", "", 0  # `inside` a long text; so `deep` in a list over several lines
    for number, line in enumerate(text.splitlines(), 1):
        quotes = LONG_TEXT.findall(line)
        if inside:
            inside = "" if inside in quotes else inside
            continue
        header = None if deep else HEADER.match(line)
        if header:
            table = _plain(header["path"])
            _note(found, table, number)
        elif not deep and (key := KEY.match(line)):
            _note(found, f"{table}.{_plain(key['key'])}".strip("."), number)
        inside = quotes[-1] if len(quotes) % 2 else ""
        deep += 0 if header or inside else _opened(line)
    return found


def _opened(line: str) -> int:
    """How many lists and inline tables a line opens and does not close."""
    bare = TEXT.sub("", line).partition("#")[0]
    return sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}")


def _note(found: dict[str, int], place: str, number: int) -> None:
    """What is inside a table also says where that begins, if nothing did before."""
    while place and place not in found:
        found[place] = number
        place = place.rpartition(".")[0]


def _plain(path: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in path.split("."))
