"""Lists of places that are no register of assets: libraries, schools, surgeries, halls, hubs, green spaces.

Such a list says nothing of tenure or of who holds a place. Its buildings are in use by day and stand empty out of
hours: they are hosts for rooms. Knows no database.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from portal.register.rules import Kind, fold


class List(NamedTuple):
    """What a sort of list is about: what its rows are, and who holds them when no column says so ("" the council)."""

    words: str  # looked for in the file's name, in a row's use and in its name, folded
    kind: Kind
    holder: str = ""
    noun: str = ""  # what belongs to a name that is the place's alone: "Sale" is "Sale Library"
    pupils: bool = False  # its capacity is how many learn there, not how many a room holds


# The first whose words are found.
LISTS = (
    List(r"green ?spaces?|open spaces?|\bparks? (and|or) gardens?|playing fields?|allotments?|\bplay (area|space)", Kind.LAND),
    List(r"librar(y|ies)", Kind.BUILDING, noun="Library"),
    List(r"schools?\b|colleges?\b|academ(y|ies)\b|nurser(y|ies)\b|sixth form", Kind.BUILDING, "Schools and colleges in {area}", pupils=True),
    List(
        r"general practices?|medical (centre|practice|group)|surger(y|ies)|health ?(and wellbeing )?(centre|hub|clinic)s?"
        r"|\bgps?\b|group practice|doctors|medical\b",
        Kind.BUILDING, "General practices in {area}",
    ),
    List(r"sports? (halls?|centres?|village)|leisure|swimming|gymnasium", Kind.BUILDING, "Sports and leisure centres in {area}"),
    List(
        r"(community|neighbourhood) (hubs?|centres?|halls?)|village halls?|public halls?|church halls?|memorial halls?"
        r"|youth centres?|childrens? centres?|town halls?|\bhubs?\b|\bhalls\b|museum|theatre|arts centre",
        Kind.BUILDING, "Community venues in {area}", noun="Community Hub",
    ),
)  # fmt: skip
COUNCIL = ""
BROWNFIELD = "Owner not established"

# A register of assets has one of these; a list of places has none.
REGISTER_FIELDS = frozenset(
    {"tenure", "tenure_detail", "holding", "vacant", "status", "kind", "parent_code", "ownership"}
)


def is_list(fields: Collection[str]) -> bool:
    """Whether the columns are those of a list of places: none of tenure, holding or use."""
    return not REGISTER_FIELDS & set(fields)


def is_brownfield(fields: Collection[str]) -> bool:
    """Whether the columns are those of a brownfield land register (the data standard of 2017)."""
    return "ownership" in fields and "tenure" not in fields


def list_of(*texts: str) -> List | None:
    """The sort of list that the first telling text names; underscores and hyphens count as spaces."""
    for text in texts:
        plain = re.sub(r"[_\-'\u2019]+", " ", fold(text))
        found = next((one for one in LISTS if re.search(one.words, plain)), None)
        if found:
            return found
    return None


def full_name(name: str, file: str) -> str:
    """A place's name with what it is, where a list of libraries or hubs leaves that out."""
    one = list_of(file)
    lacks = one is not None and one.noun and name and list_of(name) is None
    return f"{name} {one.noun}" if lacks and one else name


def stem_of(file: str) -> str:
    """What is left of a file's name when what changes from year to year is taken away: dates, versions, copies.

    Two editions of one register have the same stem.

    >>> stem_of("Land_Assets-2024-03-31 (v2).csv") == stem_of("land assets March 2025.csv")
    True
    """
    words = re.findall(r"[a-z]+", re.sub(r"\.[a-z0-9]{2,8}$", "", fold(file)))
    return " ".join(word for word in words if word not in PASSING)


PASSING = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "q",
        "v",
        "version",
        "final",
        "copy",
        "new",
        "updated",
        "update",
        "latest",
        "draft",
        "of",
        "as",
        "at",
        "st",
        "nd",
        "rd",
        "th",
        "csv",
    ]
)

# What makes one council's name differ from year to year.
FORMS = re.compile(
    r"\b(the|of|council|borough|metropolitan|mbc|mdc|bc|dc|cc|lb|rb|district|city|county|unitary|authority|london|"
    r"royal|corporation|cyngor)\b"
)


def council_key(name: str) -> str:
    """A council's name without what kind of council it is: "Trafford MBC" and "Trafford Council" are one."""
    words = re.sub(r"[^\w\s]", " ", fold(name))
    return " ".join(FORMS.sub(" ", words).split()) or " ".join(words.split())
