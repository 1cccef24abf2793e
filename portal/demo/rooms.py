"""The rooms of a public building: who fits in, who can get in, when, and for how much."""

from dataclasses import replace

# What registers say of a room's access: most say yes or no, some say nothing.
UNKNOWN = 0.18
HEARING_LOOP = 0.4
TOILET_WHERE_STEP_FREE = 0.85


def furnish(rng, sort, building):
    """The rooms of one building, halves of a hall after their hall."""
    step_free = rng.random() < sort.access
    number = 0
    for kind in sort.rooms:
        if rng.random() >= kind.chance:
            continue
        number += 1
        room = _room(rng, sort, building, (kind, number, step_free))
        yield room
        if kind.halves:
            yield from _halves(room)


def _room(rng, sort, building, which):
    kind, number, step_free = which
    low, high = kind.capacity
    extra = {
        "ParentAssetCode": building.code,
        "Capacity": str(rng.randint(low, high)),
        "StepFree": _answer(rng, yes=step_free),
        "HearingLoop": _answer(rng, yes=rng.random() < HEARING_LOOP),
        "AccessibleToilet": _answer(rng, yes=step_free and rng.random() < TOILET_WHERE_STEP_FREE),
        "PublicHours": sort.hours,
        "HireHours": kind.hire,
        "PricePencePerHour": str(rng.choice(kind.pence)),
        "OpenedBy": rng.choice(kind.opened_by),
        "HoldingType": "Buildings",
    }
    return replace(
        building,
        code=f"{building.code}/R{number:02}",
        kind="room",
        name=f"{kind.name}, {building.name}",
        shape=building.shape.representative_point(),
        detail="Room",
        extra=extra,
    )


def _answer(rng, *, yes):
    if rng.random() < UNKNOWN:
        return ""
    return "yes" if yes else "no"


def _halves(hall):
    for letter, side in (("A", "near half"), ("B", "far half")):
        extra = dict(hall.extra)
        extra["HalfOf"] = hall.code
        extra["Capacity"] = str(int(extra["Capacity"]) // 2)
        extra["PricePencePerHour"] = str(int(extra["PricePencePerHour"]) * 6 // 10)
        name, _, building = hall.name.partition(", ")
        half = f"{name} ({side}), {building}"
        yield replace(hall, code=f"{hall.code}{letter}", name=half, extra=extra)
