"""Who said a value, and as of when: the asset's own source, or the fact of that column where it is another."""

from datetime import date
from typing import NamedTuple

from portal.register.models import Asset


class Said(NamedTuple):
    """A source: its label ("Holder, file name") and the day it speaks of."""

    label: str
    as_of: date


def sources_of(asset: Asset) -> dict[str, Said]:
    """{column: its source} of every column that has a value. A column is absent when nobody is known to have said it."""
    own = Said(asset.source.label, asset.source.as_of) if asset.source else None
    found = {}
    for column in map(str, Asset.__table__.columns.keys()):
        if own and getattr(asset, column) is not None:
            found[column] = own
    return found | {fact.name: Said(fact.source, fact.as_of) for fact in asset.facts}
