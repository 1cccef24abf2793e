"""The texts of a policy profile that pages show, for the translators."""

import tomllib
from collections.abc import Iterator
from typing import BinaryIO

# Tables whose entries are tables with texts among other things, and tables that are nothing but texts.
TABLES = ("periods", "criteria", "clauses")
LISTS = ("capacity", "grounds")
TEXTS = ("title", "text", "source")


def of_profile(file: BinaryIO, *_: object, **__: object) -> Iterator[tuple]:
    """What babel.cfg calls for each profile: (line, function, text, comments), as Babel's extractors answer."""
    profile = tomllib.load(file)
    entries = [profile, *(entry for name in TABLES for entry in profile[name].values())]
    texts = [entry[name] for entry in entries for name in TEXTS if name in entry]
    texts += [text for name in LISTS for text in profile[name].values()]
    return ((1, None, text, []) for text in texts)
