"""The sources of an area as an import finds and makes them; what the editions of one register have in common."""

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from portal import clock
from portal.intake.lists import stem_of
from portal.register.models import Source
from portal.register.sources import Said


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
