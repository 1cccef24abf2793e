"""A letter's plain text as blocks: paragraphs, headings, lists and links. The text is the source, nothing is added."""

import re
from typing import NamedTuple

ITEM = re.compile(r"^ *(?:-|\*|\d{1,2}\.) +(?=\S)")
ADDRESS = re.compile(r"https?://[^\s<>\"“”]+")
TRAILING = ".,;:!?)”'"
LONGEST_HEADING = 100


class Piece(NamedTuple):
    """Some words of a line; with an address where they are a link."""

    text: str
    address: str = ""


class Block(NamedTuple):
    """A paragraph, a heading or a list: its lines, each in pieces."""

    kind: str
    lines: list[list[Piece]]


def blocks(text: str, base: str) -> list[Block]:
    """The blocks of a letter. Only addresses under `base` become links: others may be words that somebody typed."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        for kind, lines in _runs(part.splitlines()):
            found.append(Block(kind, [_pieces(line, base) for line in lines]))
    return found


def _runs(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Lines of one part, those of a list together; a line of capitals alone is a heading, a line of dashes nothing."""
    runs: list[tuple[str, list[str]]] = []
    for line in lines:
        if not line.strip("- "):
            continue
        kind = "list" if ITEM.match(line) else "paragraph"
        said = ITEM.sub("", line) if kind == "list" else line.strip()
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(said)
        else:
            runs.append((kind, [said]))
    if (
        len(runs) == 1
        and len(runs[0][1]) == 1
        and runs[0][0] == "paragraph"
        and _heads(runs[0][1][0])
    ):
        return [("heading", runs[0][1])]
    return runs


def _heads(line: str) -> bool:
    return line.isupper() and len(line) <= LONGEST_HEADING and not ADDRESS.search(line)


def _pieces(line: str, base: str) -> list[Piece]:
    found, at = [], 0
    for match in ADDRESS.finditer(line):
        address = match[0].rstrip(TRAILING)
        if not f"{address}/".startswith(f"{base.rstrip('/')}/") and not address.startswith(
            f"{base.rstrip('/')}?"
        ):
            continue
        found += [Piece(line[at : match.start()]), Piece(address, address)]
        at = match.start() + len(address)
    return [piece for piece in (*found, Piece(line[at:])) if piece.text]
