"""What the invented borough owns, as tables: how many of what, whose, how big, with which rooms.

Change a number here and the town changes; the code that reads the tables is in estate.py.
"""

from dataclasses import dataclass

from portal.demo import names

VACANT, OCCUPIED, UNDER_USED = "vacant", "occupied", "under-used"
ALLOTMENTS = "Managed allotments"  # as councils' registers say


@dataclass(frozen=True)
class Plots:
    """A sort of land: plots of `size` m2, or a whole block between streets."""

    count: int
    name: str
    size: tuple[int, int]
    holder: str = names.COUNCIL
    status: str = VACANT
    detail: str = "Land"
    whole_block: bool = False
    wards: tuple[str, ...] = ()  # names of wards; none: anywhere


@dataclass(frozen=True)
class Room:
    name: str
    capacity: tuple[int, int]
    pence: tuple[int, ...]
    hire: str
    opened_by: tuple[str, ...]
    halves: bool = False
    chance: float = 1.0  # not every such building has one


@dataclass(frozen=True)
class Buildings:
    """A sort of building. `size` in m2 of ground; `access` is the share with step-free rooms."""

    count: int
    name: str
    size: tuple[int, int]
    outline: str
    holder: str = names.COUNCIL
    status: str = UNDER_USED
    detail: str = ""
    plot: int = 2_000
    hours: str = ""
    access: float = 0.75
    rooms: tuple[Room, ...] = ()
    wards: tuple[str, ...] = ()


LAND = (
    Plots(16, "Former garage site, {street}", (400, 1300), names.HOMES),
    Plots(18, "Land adjoining {number} {street}", (220, 650)),
    Plots(12, "Corner of {street} and {second}", (300, 1400)),
    Plots(12, "Cleared site, {number} to {last} {street}", (700, 2600), names.HOMES),
    Plots(3, "Site of former {first} Lane Primary School", (4500, 8000), detail="School"),
    Plots(2, "Site of former {ward} Clinic", (1500, 2800), names.HEALTH),
    Plots(4, "Former allotments, {street}", (2800, 5200), detail=ALLOTMENTS),
    Plots(4, "Old depot yard, {street}", (1800, 4200)),
    Plots(6, "Disused play area, {street}", (500, 1500), detail="Leisure"),
    Plots(3, "Former drill yard, {street}", (600, 1200), names.FIRE),
    Plots(2, "Parish field, {street}", (2500, 4500), names.PARISH, wards=("Ashby Fen",)),
    Plots(13, "{first} Park", (0, 0), status=OCCUPIED, detail="Parks", whole_block=True),
    Plots(8, "{street} Allotments", (0, 0), status=OCCUPIED, detail=ALLOTMENTS, whole_block=True),
    Plots(9, "{street} Car Park", (900, 2600), status=OCCUPIED),
    Plots(3, "{ward} Cemetery", (0, 0), status=OCCUPIED, whole_block=True),
)

HALL_HOURS = "Mo-Su 08:00-23:00; PH off"
SCHOOL_HIRE = "Mo-Fr 17:00-21:30; Sa 09:00-17:00; PH off"
OFFICE_HIRE = "Mo-Fr 08:00-22:00; Sa 09:00-17:00; PH off"
WEEKDAY_HIRE = "Mo-Fr 17:30-21:30; PH off"

EMPTY = (
    Buildings(2, "Former {ward} Library", (380, 620), "L", status=VACANT, detail="Library"),
    Buildings(3, "Former {ward} Day Centre", (450, 800), "U", status=VACANT),
    Buildings(2, "Former {ward} Youth Club", (260, 420), "block", status=VACANT),
    Buildings(9, "Shop unit, {number} {street}", (70, 160), "block", status=VACANT, plot=420),
    Buildings(4, "Caretaker's house, {number} {street}", (65, 95), "block", names.SCHOOLS, VACANT,
              plot=500),
    Buildings(2, "Old Fire Station, {street}", (420, 700), "T", names.FIRE, VACANT),
    Buildings(3, "Former {ward} Surgery", (240, 420), "L", names.HEALTH, VACANT),
    Buildings(3, "Depot office, {street}", (180, 320), "block", status=VACANT),
    Buildings(3, "Former housing office, {street}", (160, 300), "L", names.HOMES, VACANT),
    Buildings(2, "Park pavilion, {street}", (120, 220), "T", status=VACANT, detail="Leisure"),
    Buildings(1, "Old Corn Exchange", (900, 1100), "U", status=VACANT, plot=3_000,
              wards=("Market",)),
)  # fmt: skip

PUBLIC = (
    Buildings(1, "Thornmere Town Hall", (1700, 1900), "H", detail="Town Hall", plot=6_000,
              hours="Mo-Fr 08:30-17:00; PH off", access=1.0, wards=("Market",), rooms=(
        Room("Council chamber", (90, 110), (4_500,), OFFICE_HIRE, ("caretaker",)),
        Room("Committee room 1", (30, 40), (1_800,), OFFICE_HIRE, ("caretaker",)),
        Room("Committee room 2", (16, 22), (0,), OFFICE_HIRE, ("caretaker",)))),
    Buildings(6, "{ward} Library", (420, 760), "L", detail="Library", access=0.85,
              hours="Mo-We,Fr 09:30-17:30; Sa 10:00-13:00; PH off", rooms=(
        Room("Meeting room", (12, 28), (0, 0, 600), "Mo-Fr 09:30-21:00; Sa 09:00-16:00; PH off",
             ("keyholder", "door code")),
        Room("Reading room", (18, 35), (0, 800), WEEKDAY_HIRE, ("keyholder", "staff"),
             chance=0.5))),
    Buildings(3, "{ward} Leisure Centre", (1900, 2800), "T", detail="Leisure", plot=7_000,
              hours="Mo-Fr 06:30-22:00; Sa-Su 08:00-18:00", access=1.0, rooms=(
        Room("Sports hall", (120, 200), (3_800, 4_200), "Mo-Su 08:00-22:00", ("staff",),
             halves=True),
        Room("Studio", (20, 35), (1_600, 2_000), "Mo-Su 08:00-22:00", ("staff",)))),
    Buildings(9, "{ward} Community Centre", (350, 700), "T", access=0.8,
              hours="Mo-Fr 09:00-16:00; PH off", rooms=(
        Room("Main hall", (60, 120), (900, 1_200, 1_500), HALL_HOURS, ("keyholder",), halves=True),
        Room("Small room", (12, 24), (0, 500, 700), HALL_HOURS, ("keyholder", "door code")))),
    Buildings(13, "{first} {school}", (1500, 2600), "H", names.SCHOOLS, detail="School", plot=9_000,
              hours="Mo-Fr 08:30-15:45; PH off", access=0.6, rooms=(
        Room("School hall", (90, 180), (1_200, 1_500, 2_000), SCHOOL_HIRE, ("caretaker",)),
        Room("Music room", (20, 30), (0, 800), SCHOOL_HIRE, ("caretaker",), chance=0.6))),
    Buildings(6, "{ward} Health Centre", (450, 900), "U", names.HEALTH, access=1.0,
              hours="Mo-Fr 08:00-18:30; PH off", rooms=(
        Room("Group room", (14, 24), (0, 0, 1_000), "Mo-Th 17:00-21:00; Sa 09:00-13:00; PH off",
             ("staff", "door code")),)),
    Buildings(3, "{ward} Fire Station", (500, 850), "L", names.FIRE, plot=3_500, access=0.7, rooms=(
        Room("Community room", (20, 40), (0,), "Mo-Su 09:00-21:00", ("staff",)),)),
    Buildings(5, "{ward} Children's Centre", (320, 560), "U", access=0.9,
              hours="Mo-Fr 08:30-16:30; PH off", rooms=(
        Room("Family room", (12, 20), (0, 600), WEEKDAY_HIRE, ("keyholder",)),)),
    Buildings(6, "{first} Court", (700, 1300), "U", names.HOMES, detail="Sheltered housing",
              access=0.9, rooms=(
        Room("Common room", (20, 45), (0,), "Mo-Su 10:00-20:30", ("staff", "door code")),)),
    Buildings(2, "{ward} Village Hall", (260, 420), "T", names.PARISH, access=0.5,
              wards=("Ashby Fen",), rooms=(
        Room("Hall", (60, 90), (800, 1_000), HALL_HOURS, ("keyholder",), halves=True),)),
)  # fmt: skip

# Three times as many primary schools as of any other kind.
SCHOOL_KINDS = (*["Primary School"] * 3, "Infant School", "High School", "Academy")
