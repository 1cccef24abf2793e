"""What becomes of an asset once a register has spoken: pure, one asset at a time.

An empty cell says nothing. What a person has checked stands; so does what is known from a later day. The register that
an asset comes from speaks for the whole row; any other list only adds what that one leaves open.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from portal.intake.placing import PLACE
from portal.intake.sources import family
from portal.register.rules import (
    WORDS_FROM,
    LocatedBy,
    Status,
    name_key,
    status_after_import,
    tenure_of,
    words_of,
)
from portal.register.sources import Said

# What rows say, column by column; the place is one thing, and what follows from other columns is none of these.
STATED = (
    "name", "street_number", "street", "town", "postcode", "uprn", "kind", "status", "tenure", "tenure_detail",
    "use_detail", "land_m2", "floor_m2", "energy_rating", "capacity", "step_free", "hearing_loop",
    "accessible_toilet", "parking", "changing_place", "public_hours", "hours_text", "hire_hours", "opener",
    "price_pence_hour",
)  # fmt: skip
DERIVED = ("tenure_kind", "vacant_since", "gone_on", "source_id", "words", "name_key", "code")
MERGED = STATED + PLACE + DERIVED
CURRENT = ("id", "holder_id", *MERGED)
# How well a place is known; a lesser way does not take the place of a better one.
RANK = {None: 0, "parent": 1, "postcode": 2, "uprn": 3, "coordinates": 4, "broker": 5}


class Known(NamedTuple):
    """A fact of its own: the source of one column, and whether a person has checked it."""

    said: Said
    checked: bool


class Spoken(NamedTuple):
    """What a row says: its values (the place too), its source, and whether it speaks for the whole asset."""

    values: Mapping[str, Any]
    source: Said
    whole: bool


class Merged(NamedTuple):
    """What changes: values by column; facts by column, None for one that goes; what a person's word keeps out."""

    values: dict[str, Any]
    facts: dict[str, Said | None]
    kept: list[tuple[str, Any, Any]]


def merge(
    old: Mapping[str, Any], spoken: Spoken, facts: Mapping[str, Known], own: Said | None
) -> Merged:
    """What the row changes of the asset, whose own source is `own`."""
    made = Merged({}, {}, [])
    for column in STATED:
        said = spoken.values.get(column)
        if said is not None:
            _say(made, old, column, said, spoken, facts.get(column))
    _unread_hours(made, old, spoken, facts)
    _put(made, old, spoken, facts.get("shape"))
    if spoken.whole and own and own != spoken.source:
        for column in (*STATED, "shape"):
            unsaid = spoken.values.get(column) is None or (
                column == "shape" and _lesser(old, spoken)
            )
            if unsaid and old[column] is not None and column not in facts:
                made.facts[column] = own
    return made


def _say(
    made: Merged, old: Mapping[str, Any], column: str, said: Any, spoken: Spoken, fact: Known | None
) -> None:
    was = old[column]
    if fact and (fact.checked or fact.said.as_of > spoken.source.as_of):
        if fact.checked and was != said:
            made.kept.append((column, was, said))
        return
    value = said
    if column == "status":
        value = status_after_import(Status(was), Status(said)).value
        if value != said:
            return  # the portal's own agreements, or a list of places, know more than "occupied"
    if spoken.whole:
        if fact:
            made.facts[column] = None
    elif _may_add(column, was, value, spoken, fact):
        if fact is None or fact.said != spoken.source:
            made.facts[column] = spoken.source
    else:
        return
    if value != was:
        made.values[column] = value


def _may_add(column: str, was: Any, value: Any, spoken: Spoken, fact: Known | None) -> bool:
    """Whether a list may say something of an asset that another register speaks for."""
    if fact:
        return family(fact.said.label) == family(spoken.source.label)
    hosts = column == "status" and was == Status.OCCUPIED and value == Status.UNDER_USED
    return was is None or hosts


def _unread_hours(
    made: Merged, old: Mapping[str, Any], spoken: Spoken, facts: Mapping[str, Known]
) -> None:
    """New hours that were not understood take the old ones away: these would send people to a closed door."""
    if "hours_text" in made.values and spoken.values.get("public_hours") is None:
        fact = facts.get("public_hours")
        if old["public_hours"] is not None and not (fact and fact.checked):
            made.values["public_hours"] = None


def _lesser(old: Mapping[str, Any], spoken: Spoken) -> bool:
    return RANK[spoken.values.get("located_by")] < RANK[old["located_by"]]


def _put(made: Merged, old: Mapping[str, Any], spoken: Spoken, fact: Known | None) -> None:
    """The place, as one thing."""
    said = {column: spoken.values.get(column) for column in PLACE}
    if said["shape"] is None:
        if old["shape"] is None and said["ward_id"] and said["ward_id"] != old["ward_id"]:
            made.values["ward_id"] = said["ward_id"]
        return
    differs = any(said[column] != old[column] for column in PLACE)
    by_hand = old["located_by"] == LocatedBy.BROKER or (fact and fact.checked)
    if by_hand:
        if differs and said["located_by"] == LocatedBy.COORDINATES:
            made.kept.append(("shape", "where a person put it", "its coordinates"))
        return
    if (fact and fact.said.as_of > spoken.source.as_of) or _lesser(old, spoken):
        return
    better = RANK[said["located_by"]] > RANK[old["located_by"]]
    mine = fact is not None and family(fact.said.label) == family(spoken.source.label)
    if not (spoken.whole or better or mine):
        return
    if spoken.whole and fact:
        made.facts["shape"] = None
    elif not spoken.whole and (fact is None or fact.said != spoken.source):
        made.facts["shape"] = spoken.source
    made.values.update({column: said[column] for column in PLACE if said[column] != old[column]})


@lru_cache(maxsize=1024)
def _tenure(text: str | None) -> str | None:
    found = tenure_of(text)
    return found and found.value


def derive(values: Mapping[str, Any], holder: str) -> dict[str, Any]:
    """What follows from an asset's values."""
    return {
        "tenure_kind": _tenure(values["tenure"]),
        "words": words_of(*(values[column] for column in WORDS_FROM), holder),
        "name_key": name_key(values["name"]),
    }


def since_when(old: Mapping[str, Any] | None, status: str, day: date) -> date | None:
    """Since when an asset is known to stand unused: since the first register that says so, as long as they do."""
    if status != Status.VACANT:
        return None
    if old is not None and old["status"] == Status.VACANT:
        return old["vacant_since"]  # type: ignore[no-any-return]
    return day
