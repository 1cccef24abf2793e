"""Assets: land, buildings and rooms in one table, so that one search finds all three."""

from datetime import date, datetime
from typing import Any

from shapely import Geometry
from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.areas.models import Ward
from portal.db import Instant, Listed, Model, Shape, choice
from portal.people.models import Holder
from portal.register.rules import HireWhen, Kind, LocatedBy, Opener, Status, Tenure

# Sorted by its bytes on both engines, which is what Python does with its letters.
NAME_KEY = String(80).with_variant(String(80, collation="C"), "postgresql")


class Asset(Model):
    """A plot, a building, or a room of a building. Lengths in metres, sizes in square metres, money in pence."""

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("area_id", "holder_id", "code"),
        Index("ix_asset_area_kind_status", "area_id", "kind", "status"),
        Index("ix_asset_area_name", "area_id", "name_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("holder.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    status: Mapped[Status] = mapped_column(choice(Status))
    code: Mapped[str] = mapped_column(String(60))  # the holder's own
    uprn: Mapped[str | None] = mapped_column(String(12), index=True)
    name: Mapped[str] = mapped_column(String(300))

    street_number: Mapped[str | None] = mapped_column(String(60))
    street: Mapped[str | None] = mapped_column(String(200))
    town: Mapped[str | None] = mapped_column(String(100))
    postcode: Mapped[str | None] = mapped_column(String(8))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"), index=True)

    shape: Mapped[Geometry | None] = mapped_column(Shape)
    # The shape's box, kept by `_box`: all that a search must know of most places.
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]
    located_by: Mapped[LocatedBy | None] = mapped_column(choice(LocatedBy))
    outlier: Mapped[bool] = mapped_column(default=False)  # stands outside the area's boundary

    tenure: Mapped[str | None] = mapped_column(String(60))
    tenure_kind: Mapped[Tenure | None] = mapped_column(choice(Tenure))  # what the words come to
    tenure_detail: Mapped[str | None] = mapped_column(String(100))
    use_detail: Mapped[str | None] = mapped_column(String(200))
    land_m2: Mapped[float | None]
    floor_m2: Mapped[float | None]
    energy_rating: Mapped[str | None] = mapped_column(String(10))

    # Access: None means that nobody has checked.
    capacity: Mapped[int | None]
    step_free: Mapped[bool | None]
    hearing_loop: Mapped[bool | None]
    accessible_toilet: Mapped[bool | None]
    parking: Mapped[bool | None]
    changing_place: Mapped[bool | None]

    # Rooms and their buildings; hours in OSM opening_hours syntax, wall time.
    public_hours: Mapped[str | None] = mapped_column(String(300))
    hire_hours: Mapped[str | None] = mapped_column(String(300))
    # Opening hours as somebody wrote them; where `public_hours` is empty they wait to be read by a person.
    hours_text: Mapped[str | None] = mapped_column(String(500))
    opener: Mapped[Opener | None] = mapped_column(choice(Opener))
    price_pence_hour: Mapped[int | None]
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    facilities: Mapped[tuple[str, ...] | None] = mapped_column(Listed())  # None: nobody has said
    hire_when: Mapped[HireWhen | None] = mapped_column(choice(HireWhen))  # None: all the year

    vacant_since: Mapped[date | None]  # since when it is known to stand unused
    gone_on: Mapped[date | None]  # its holder's register of that day has it no more
    withheld_why: Mapped[str | None] = mapped_column(String(300))  # then only staff see it
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))

    # What words are looked up in, folded, one space between: name, address, holder, code.
    words: Mapped[str] = mapped_column(Text, default="")
    name_key: Mapped[str] = mapped_column(NAME_KEY, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)

    holder: Mapped[Holder] = relationship()
    ward: Mapped[Ward | None] = relationship()
    parent: Mapped["Asset | None"] = relationship(remote_side=[id], back_populates="parts")
    parts: Mapped[list["Asset"]] = relationship(back_populates="parent", order_by="Asset.name")
    source: Mapped["Source | None"] = relationship()
    facts: Mapped[list["Fact"]] = relationship(back_populates="asset", cascade="all, delete-orphan")

    @validates("shape")
    def _box(self, _key: str, shape: Any) -> Any:
        box = shape.bounds if shape is not None else (None,) * 4
        self.west, self.south, self.east, self.north = box
        return shape


class Source(Model):
    """A register, list or person that said something, as of a day."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("area_id", "label", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    label: Mapped[str] = mapped_column(String(300))
    as_of: Mapped[date]
    read_at: Mapped[datetime] = mapped_column(Instant)


class Fact(Model):
    """Where one value of an asset comes from when it is not the asset's own source.

    The value itself stands once, in the asset's column `name`. What a person has `checked` no import changes.
    """

    __tablename__ = "fact"

    asset_id: Mapped[int] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    source: Mapped[str] = mapped_column(String(300))
    as_of: Mapped[date]
    checked: Mapped[bool] = mapped_column(default=False, server_default=false())

    asset: Mapped[Asset] = relationship(back_populates="facts")


class RegisterState(Model):
    """How often an area's register has changed; triggers count. Until `whole_at` single changes are not listed."""

    __tablename__ = "register_state"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    whole_at: Mapped[int] = mapped_column(BigInteger)


class AssetChange(Model):
    """Which asset a version of the register changed."""

    __tablename__ = "asset_change"

    area_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int]
