"""What each document is made of. All words arrive translated: the templates hold none."""

from typing import Literal, NotRequired, TypedDict

from portal.documents.drawings import Drawing

# Label and value, as they stand beside each other.
Fact = tuple[str, str]


class House(TypedDict):
    """Who speaks: on every document."""

    title: str  # of the file: what a reader's window and a screen reader say first
    area: str
    product: str
    colour: str  # "#1d5c4d"; white text can be read on it (portal/areas/rules.py)
    mark: NotRequired[str]  # drawings.mark(...)


class SignBlock(TypedDict):
    """The sign's words in one language."""

    lang: str
    kicker: str  # "Public notice"
    headline: str
    words: list[str]  # what is intended, in plain words
    facts: list[Fact]  # the place; by when to speak
    scan: str  # "Scan the code, or go to"


class Sign(House):
    """One A4 page on a fence, whatever the words: what does not fit is set smaller, then cut with an ellipsis."""

    blocks: list[SignBlock]  # one for each language of the area, at most three
    qr: Drawing
    short: str  # the address as one types it
    small: list[str]  # who put it up, when


class Text(TypedDict):
    """Paragraphs."""

    kind: Literal["text"]
    heading: NotRequired[str]
    paragraphs: list[str]


class Table(TypedDict):
    """A table with a heading for each column; the first cell of a row says what the row is."""

    kind: Literal["table"]
    heading: NotRequired[str]
    columns: list[str]
    rows: list[list[str]]
    note: NotRequired[str]


class Counted(TypedDict):
    """A day and how it was counted."""

    what: str
    day: str
    how: str


class Dates(TypedDict):
    """Days and how they were counted."""

    kind: Literal["dates"]
    heading: NotRequired[str]
    dates: list[Counted]


class Clause(TypedDict):
    """A rule as it is written, under its number."""

    kind: Literal["clause"]
    heading: NotRequired[str]
    clause: str
    text: str


class Steps(TypedDict):
    """What can be done next, one after the other."""

    kind: Literal["steps"]
    heading: NotRequired[str]
    steps: list[str]


class Pictures(TypedDict):
    """Photos, two to a row, each over its caption."""

    kind: Literal["pictures"]
    heading: NotRequired[str]
    pictures: list[tuple[Drawing, str]]


Part = Text | Table | Dates | Clause | Steps | Pictures


class Letter(House):
    """A letter or decision."""

    sender: list[str]
    to: list[str]
    facts: list[Fact]  # date, case number
    subject: str
    parts: list[Part]
    closing: NotRequired[list[str]]  # who signs, in what role
    reference: str  # at the foot of every page
    page: str  # "Page {page} of {pages}"


class Party(TypedDict):
    """One side of an agreement."""

    role: str  # "The holder"
    name: str
    lines: list[str]


class Numbered(TypedDict):
    """A clause of an agreement; each paragraph gets a number of its own."""

    heading: str
    paragraphs: list[str]


class Schedule(TypedDict):
    """What is annexed."""

    heading: str
    parts: list[Part]


class Signature(TypedDict):
    """Where one side signs: a value that is empty becomes a line to write on."""

    party: str
    facts: list[Fact]


class Agreement(House):
    """Heads of terms, a licence, a lease."""

    banner: NotRequired[str]  # "Subject to contract and without prejudice"
    opening: NotRequired[list[str]]
    parties_heading: str
    parties: list[Party]
    facts: NotRequired[list[Fact]]  # the terms at a glance
    facts_heading: NotRequired[str]
    clauses: list[Numbered]
    schedules: NotRequired[list[Schedule]]
    signatures_heading: str
    signatures_opening: NotRequired[list[str]]
    signatures: list[Signature]
    reference: str
    page: str
