"""The texts of a policy profile that pages show, for the translators."""

import tomllib
from collections.abc import Iterator
from typing import BinaryIO

# Tables whose entries are tables with texts among other things, and tables that are nothing but texts.
TABLES = ("periods", "criteria", "clauses", "petitions", "blocks")
LISTS = ("capacity", "grounds", "ground_evidence")
TEXTS = ("title", "summary", "appeal", "text", "source")


def of_profile(file: BinaryIO, *_: object, **__: object) -> Iterator[tuple]:
    """What babel.cfg calls for each profile: (line, function, text, comments), as Babel's extractors answer."""
    profile = tomllib.load(file)
    tables = [profile.get(name, {}) for name in TABLES]
    entries = [profile, *(entry for table in tables for entry in table.values())]
    texts = [entry[name] for entry in entries for name in TEXTS if entry.get(name)]
    texts += [text for name in LISTS for text in profile.get(name, {}).values()]
    return ((1, None, text, []) for text in texts)
