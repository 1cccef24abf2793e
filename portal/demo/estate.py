"""The public estate of the invented borough: which plots, buildings and rooms stand where."""

from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from portal.demo import catalogue, names
from portal.demo.rooms import furnish
from portal.demo.streets import footprint, plot_on_street

WITH_GROUNDS = 3_000  # m2 of plot from which the register counts land and building


@dataclass(frozen=True)
class Asset:
    """One line of the register. `extra` holds the columns that only some lines fill."""

    code: str
    kind: str  # land, building, room
    holder: str
    name: str
    status: str
    number: str
    street: str
    town: str
    postcode: str
    shape: BaseGeometry | None = None  # metres
    detail: str = ""
    extra: dict = field(default_factory=dict)


class Estate:
    """Hands out blocks, each to one asset, so that no two can overlap."""

    def __init__(self, rng, land, blocks, street_map, postcode_map):
        self.rng, self.streets, self.postcodes = rng, street_map, postcode_map
        self._ward_names = {ward.code: ward.place.name for ward in land.wards}
        self._free = list(blocks)
        rng.shuffle(self._free)
        self._firsts = list(names.FIRST)
        rng.shuffle(self._firsts)
        self._used_wards = {}  # name of a sort -> wards that have one
        self._names = set()
        self._codes = 0

    def assets(self):
        """Every asset, buildings before their rooms."""
        for sort in catalogue.PUBLIC:
            for _ in range(sort.count):
                building = self._building(sort)
                yield building
                yield from furnish(self.rng, sort, building)
        for sort in catalogue.EMPTY:
            for _ in range(sort.count):
                yield self._building(sort)
        for sort in catalogue.LAND:
            for _ in range(sort.count):
                yield self._plot(sort)

    def _plot(self, sort):
        size = self.rng.uniform(*sort.size)
        block = self._block(sort, size * 1.3)
        shape = block.shape if sort.whole_block else plot_on_street(self.rng, block, size)
        extra = {"HoldingType": "Land", "LandArea": f"{shape.area / 10_000:.3f}"}
        return self._asset("land", sort, block, shape, extra)

    def _building(self, sort):
        size = self.rng.uniform(*sort.size)
        need = max(sort.plot, size * 2.2)
        block = self._block(sort, need)
        plot = plot_on_street(self.rng, block, need)
        shape = footprint(self.rng, plot, size, sort.outline)
        extra = {
            "HoldingType": "Land/Buildings" if sort.plot > WITH_GROUNDS else "Buildings",
            "BuildingSize": f"{shape.area:.1f}",
            "EnergyRating": self.rng.choice(("", "", "C", "D", "D", "E")),
            "PublicHours": sort.hours,
        }
        return self._asset("building", sort, block, shape, extra)

    def _block(self, sort, size):
        """A block nobody has yet, big enough; first in wards that have no such thing yet."""
        seen = self._used_wards.setdefault(sort.name, set())
        fits = [
            block
            for block in self._free
            if block.shape.area > size
            and (not sort.wards or self._ward_names[block.ward] in sort.wards)
        ]
        fits = fits or sorted(self._free, key=lambda block: -block.shape.area)
        block = next((b for b in fits if b.ward not in seen), fits[0])
        self._free.remove(block)
        seen.add(block.ward)
        return block

    def _asset(self, kind, sort, block, shape, extra):
        street, number = self.streets.address(shape)
        self._codes += 1
        words = {
            "street": street,
            "number": number,
            "last": number + 2 * self.rng.randint(2, 6),
            "second": self.streets.second_street(shape),
            "ward": self._ward_names[block.ward],
            "first": self._firsts.pop() if "{first}" in sort.name else "",
            "school": self.rng.choice(catalogue.SCHOOL_KINDS),
        }
        return Asset(
            code=f"TBC{self._codes:04}",
            kind=kind,
            holder=sort.holder,
            name=self._own_name(sort.name.format(**words), street),
            status=sort.status,
            number=str(number) if kind == "building" else "",
            street=street,
            town=block.town,
            postcode=self.postcodes.at(shape),
            shape=shape,
            detail=sort.detail,
            extra=extra,
        )

    def _own_name(self, name, street):
        """Two centres in one ward are told apart by their street, as people would."""
        own = f"{name}, {street}" if name in self._names else name
        self._names.add(own)
        return own
