"""An area is one deployment's ground: its boundary, wards, postcodes, look and policy."""

from datetime import date

from shapely import Geometry
from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.areas.rules import Nation
from portal.db import Model, Shape, choice


class Area(Model):
    """A council's area with its look, its policy profile and its resolution."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    nation: Mapped[Nation] = mapped_column(choice(Nation), default=Nation.ENGLAND)
    # Large, and most pages need none of it: read when it is asked for.
    boundary: Mapped[Geometry | None] = mapped_column(Shape, deferred=True)

    # The look.
    product_name: Mapped[str] = mapped_column(String(60), default="Meanwhile")
    mark: Mapped[str | None] = mapped_column(String(2000))  # one SVG path in a 24 by 24 box
    colour: Mapped[str] = mapped_column(String(7), default="#1d5c4d")
    basemap_url: Mapped[str | None] = mapped_column(String(300))  # a MapLibre style
    basemap_attribution: Mapped[str | None] = mapped_column(String(300))
    data_attribution: Mapped[str | None] = mapped_column(String(300))

    # The policy.
    profile: Mapped[str] = mapped_column(String(60), default="pilot_compact")
    resolution_reference: Mapped[str | None] = mapped_column(String(120))
    resolution_on: Mapped[date | None]
    contact_email: Mapped[str | None] = mapped_column(String(254))  # of the broker, on every page
    senior_officer: Mapped[str | None] = mapped_column(String(120))  # whom an overdue case goes to
    # How many people live here, and who says so; a petition may need a share of them.
    population: Mapped[int | None]
    population_source: Mapped[str | None] = mapped_column(String(200))
    # What the broker keeps of rent received: 1000 is ten percent.
    commission_basis_points: Mapped[int] = mapped_column(default=0, server_default="0")

    wards: Mapped[list["Ward"]] = relationship(back_populates="area", order_by="Ward.name")


class Ward(Model):
    """An electoral ward."""

    __tablename__ = "ward"
    __table_args__ = (UniqueConstraint("area_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    shape: Mapped[Geometry | None] = mapped_column(Shape, deferred=True)
    population: Mapped[int | None]

    area: Mapped[Area] = relationship(back_populates="wards")


class Postcode(Model):
    """A live postcode with its centre; `code` without spaces, in capitals."""

    __tablename__ = "postcode"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))


class Uprn(Model):
    """Where a property of the national list stands; loaded for the area where its broker has the list."""

    __tablename__ = "uprn"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    uprn: Mapped[str] = mapped_column(String(12), primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]


class Stop(Model):
    """Where a bus or tram stops; loaded for the area where its broker has the list, as of a day."""

    __tablename__ = "stop"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)  # ATCO code, or the file's own
    name: Mapped[str] = mapped_column(String(200))
    lon: Mapped[float]
    lat: Mapped[float]
    as_of: Mapped[date]
