"""Whose a row is: the body that its columns name, else whoever publishes such a list."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from geo.text import REFUSED
from portal.areas.models import Area
from portal.intake.lists import BROWNFIELD, council_key, is_brownfield, is_list, list_of
from portal.intake.reading import Batch, each
from portal.people.models import Holder
from portal.people.rules import HolderKind, holder_kind
from portal.register.rules import fold

LONGEST = 200


def _as_council(name: str) -> str:
    """What an authority's column calls "Trafford" is Trafford Council."""
    bare = name and council_key(name) == council_key(f"{name} Council")
    return f"{name} Council" if bare and fold(name) == council_key(name) else name


class Holders:
    """The holders of an area by name; a new one is written down when it first holds something."""

    def __init__(self, connection: Connection, area: Area, told: str | None):
        self.connection, self.area, self.told = connection, area, told
        columns = (Holder.id, Holder.name, Holder.kind)
        rows = connection.execute(
            select(*columns).where(Holder.area_id == area.id).order_by(Holder.id)
        )
        self.ids: dict[str, int] = {}
        self.names: dict[int, str] = {}
        self.councils: dict[str, str] = {}
        for row in rows:
            self._know(row.id, row.name, row.kind)
        self.elsewhere: bool | None = None
        self.used: set[int] = set()  # the holders of the file's rows

    def _know(self, id_: int, name: str, kind: HolderKind) -> None:
        self.ids[name], self.names[id_] = id_, name
        if kind is HolderKind.COUNCIL:
            self.councils.setdefault(council_key(name), name)

    @property
    def council(self) -> str:
        """The area's own council, as it is called here."""
        return self.councils.get(council_key(self.area.name)) or f"{self.area.name} Council"

    def name(self, batch: Batch) -> None:
        """Give each row the name of its holder; a row of another authority's area is refused."""
        filled = {name for name, column in batch.cells.items() if any(column)}
        if is_list(filled):  # a register may have what its holder owns elsewhere
            self._refuse_elsewhere(batch)
        fallback = [self.told or ""] * len(batch)
        if not self.told:
            fallback = self._fallback(batch, filled)
        said = zip(batch.texts("holder"), fallback, strict=True)
        batch.holders = each(self._known_as, [holder or other for holder, other in said])

    def _fallback(self, batch: Batch, filled: set[str]) -> list[str]:
        """Whose a row is that names no holder."""
        own = self.council
        council = each(_as_council, batch.texts("authority"))
        if is_brownfield(filled):
            return [
                name or own if fold(owned).startswith("owned by a public") else BROWNFIELD
                for name, owned in zip(council, batch.texts("ownership"), strict=True)
            ]
        if not is_list(filled):
            return [name or own for name in council]
        found = each(
            list_of, [batch.file] * len(batch), batch.texts("purpose"), batch.values["name"]
        )
        return [
            (one.holder.format(area=self.area.name) if one and one.holder else name or own)
            for one, name in zip(found, council, strict=True)
        ]

    def _known_as(self, name: str) -> str:
        """The name under which the area has this holder: one council may be spelled differently from year to year."""
        if name in self.ids:
            return name
        return self.councils.get(council_key(name), name)[:LONGEST]

    def _refuse_elsewhere(self, batch: Batch) -> None:
        """Rows of a list for the whole country that lie in another authority's area."""
        if "authority" not in batch.cells:
            return
        own = council_key(self.area.name)
        keys = each(council_key, batch.cells["authority"])
        if self.elsewhere is None:
            self.elsewhere = own in keys
        if not self.elsewhere:
            return
        for row, key in enumerate(keys):
            if key != own and row not in batch.refused:
                where = batch.cells["authority"][row]
                why = (
                    f"it is in {where}, not in {self.area.name}"
                    if where
                    else "it does not say where it is, in a list of many areas"
                )
                batch.note(row, REFUSED, "authority", why)

    def id_of(self, name: str, uri: str = "") -> int:
        """The holder's id; a new holder is written down."""
        if name not in self.ids:
            kind = holder_kind(name)
            values = {"area_id": self.area.id, "name": name, "kind": kind, "uri": uri[:300] or None}
            made = self.connection.execute(insert(Holder).values(values))
            self._know(made.inserted_primary_key[0], name, kind)
        return self.ids[name]

    def ids_of(self, batch: Batch) -> Sequence[int]:
        """The id of each row's holder."""
        found = each(self.id_of, batch.holders, batch.texts("holder_uri"))
        self.used.update(found)
        return found
