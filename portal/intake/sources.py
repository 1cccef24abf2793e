"""Who said a value, and as of when: the asset's own source, or the fact of that column where it is another."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from portal import clock
from portal.intake.lists import stem_of
from portal.register.models import Asset, Source


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


def label_of(holder: str, file: str) -> str:
    """How a register is called as a source."""
    return f"{holder}, {file}"[:300]


def family(label: str) -> str:
    """What the editions of one register have in common: the holder, and the file's name without its date."""
    holder, _, file = label.rpartition(", ")
    return f"{holder}|{stem_of(file)}"


class Sources:
    """The sources of an area, made when they are first needed: a run that changes nothing makes none."""

    def __init__(self, connection: Connection, area_id: int):
        self.connection, self.area_id = connection, area_id
        rows = connection.execute(
            select(Source.id, Source.label, Source.as_of).where(Source.area_id == area_id)
        )
        self.by_id = {row.id: Said(row.label, row.as_of) for row in rows}
        self.ids = {said: id_ for id_, said in self.by_id.items()}

    def get(self, id_: int | None) -> Said | None:
        """The source of that id."""
        return self.by_id.get(id_) if id_ is not None else None

    def id_of(self, said: Said) -> int:
        """Its id; it is written down if it is new."""
        if said not in self.ids:
            values = {"area_id": self.area_id, "label": said.label, "as_of": said.as_of, "read_at": clock.now()}  # fmt: skip
            made = self.connection.execute(insert(Source).values(values))
            self.ids[said] = made.inserted_primary_key[0]
            self.by_id[self.ids[said]] = said
        return self.ids[said]
