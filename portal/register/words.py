"""An asset in words: how it stands, its facts with the source and date of each."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.areas.models import Area
from portal.errors import N_
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, Opener, Status
from portal.register.sources import Said, sources_of
from portal.states import state_words
from portal.web import pounds

KIND = {Kind.LAND: _l("Land"), Kind.BUILDING: _l("Building"), Kind.ROOM: _l("Room")}
STANDING = {
    (Kind.LAND, Status.VACANT): _l("Nobody uses this land now."),
    (Kind.BUILDING, Status.VACANT): _l("This building is standing empty."),
    (Kind.BUILDING, Status.UNDER_USED): _l(
        "This building is in use, and has rooms that are often free."
    ),
    (Kind.ROOM, Status.UNDER_USED): _l("This room is often free. Ask for the hour you need."),
    (Kind.ROOM, Status.VACANT): _l("This room is not used at all now."),
}
STANDING_OF_ANY = {
    Status.VACANT: _l("This stands unused now."),
    Status.UNDER_USED: _l("This is used less than it could be."),
    Status.GRANTED: _l("A community group has been granted its use. The agreement is being made."),
    Status.IN_USE: _l("A community group uses this now."),
    Status.OCCUPIED: _l("Its holder, or a tenant, uses this now."),
}
PLACE = {
    LocatedBy.COORDINATES: _l("From the register's own coordinates"),
    LocatedBy.UPRN: _l("From the national list of properties"),
    LocatedBy.POSTCODE: _l("Only by its postcode: the mark stands in the middle of the postcode"),
    LocatedBy.PARENT: _l("Where its building stands"),
    LocatedBy.BROKER: _l("Found by the broker"),
}
OPENER = {
    Opener.KEYHOLDER: _l("A keyholder"),
    Opener.CARETAKER: _l("A caretaker"),
    Opener.DOOR_CODE: _l("A code at the door"),
    Opener.STAFF: _l("Staff"),
}
DAYS = {
    "Mo": _l("Monday"), "Tu": _l("Tuesday"), "We": _l("Wednesday"), "Th": _l("Thursday"), "Fr": _l("Friday"),
    "Sa": _l("Saturday"), "Su": _l("Sunday"), "PH": _l("bank holidays"), "SH": _l("school holidays"),
    "off": _l("closed"), "closed": _l("closed"), "24/7": _l("day and night"),
}  # fmt: skip


HECTARES_FROM = 1000  # square metres; a smaller plot is easier to picture without


def standing(asset: Asset) -> str:
    """How the asset stands, in one sentence."""
    return str(STANDING.get((asset.kind, asset.status), STANDING_OF_ANY[asset.status]))


def address(asset: Asset) -> str:
    """The address on one line, as far as it is known."""
    street = " ".join(filter(None, (asset.street_number, asset.street)))
    return ", ".join(filter(None, (street, asset.town, asset.postcode)))


def hours(text: str | None) -> str:
    """OSM opening hours in words: "Monday to Friday 18:00 to 22:00; bank holidays closed"."""
    names = "|".join(map(re.escape, DAYS))
    spelt = re.sub(rf"\b({names})\b", lambda found: str(DAYS[found[0]]), text or "")
    return re.sub(r"(?<=\w)-(?=\w)", f" {_('to')} ", spelt)


def yes_no(value: bool | None) -> str:
    """Yes or no; nobody having checked is neither."""
    return "" if value is None else _("Yes") if value else _("No")


def square_metres(value: float | None) -> str:
    """1,234 m²."""
    if not value:
        return ""
    return _("%(number)s m²", number=format_decimal(round(value)))


def land_size(value: float | None) -> str:
    """1,740 m² (0.17 hectares); a small plot in square metres alone."""
    metres = square_metres(value)
    if not value or value < HECTARES_FROM:
        return metres
    hectares = _("%(number)s hectares", number=format_decimal(round(value / 10_000, 2)))
    return f"{metres} ({hectares})"


def price(pence: int | None) -> str:
    """What an hour costs."""
    if pence is None:
        return ""
    return _("%(price)s an hour", price=pounds(pence)) if pence else _("Nothing")


# What is shown: the words, the column whose source it has, and how its value reads.
FACTS: tuple[tuple[object, str, Callable[[Asset], str | None]], ...] = (
    (_l("Address"), "street", address),
    (_l("Place"), "shape", lambda a: str(PLACE[a.located_by]) if a.located_by else None),
    (_l("How it stands"), "status", lambda a: state_words(a.status.value)[0]),
    (
        _l("Unused since"),
        "status",
        lambda a: format_date(a.vacant_since, "d MMMM y") if a.vacant_since else None,
    ),
    (_l("Use"), "use_detail", lambda a: a.use_detail),
    (_l("Tenure"), "tenure", lambda a: ", ".join(filter(None, (a.tenure, a.tenure_detail)))),
    (_l("Land"), "land_m2", lambda a: land_size(a.land_m2)),
    (_l("Floor"), "floor_m2", lambda a: square_metres(a.floor_m2)),
    (_l("Energy rating"), "energy_rating", lambda a: a.energy_rating),
    (
        _l("Room for"),
        "capacity",
        lambda a: _("%(number)s people", number=a.capacity) if a.capacity else None,
    ),
    (_l("Step-free way in"), "step_free", lambda a: yes_no(a.step_free)),
    (_l("Hearing loop"), "hearing_loop", lambda a: yes_no(a.hearing_loop)),
    (_l("Accessible toilet"), "accessible_toilet", lambda a: yes_no(a.accessible_toilet)),
    (_l("Changing place"), "changing_place", lambda a: yes_no(a.changing_place)),
    (_l("Parking"), "parking", lambda a: yes_no(a.parking)),
    (_l("Open to the public"), "public_hours", lambda a: hours(a.public_hours) or a.hours_text),
    (_l("Can be hired"), "hire_hours", lambda a: hours(a.hire_hours)),
    (_l("Who lets you in"), "opener", lambda a: str(OPENER[a.opener]) if a.opener else None),
    (_l("Price"), "price_pence_hour", lambda a: price(a.price_pence_hour)),
    (_l("Holder's code"), "name", lambda a: None if a.code.startswith("~") else a.code),
    (_l("Property reference (UPRN)"), "uprn", lambda a: a.uprn),
)


# What the words are made of where the first column has no value.
INSTEAD = {"street": ("town", "postcode"), "public_hours": ("hours_text",)}


def facts(asset: Asset) -> Iterator[tuple[str, str, str]]:
    """(what, value, source and date) of everything that is known."""
    said = sources_of(asset)
    checked = {fact.name for fact in asset.facts if fact.checked}
    for label, column, read in FACTS:
        if value := read(asset):
            known = next((c for c in (column, *INSTEAD.get(column, ())) if c in said), column)
            yield str(label), value, _told(said.get(known), checked=known in checked)


def _told(said: Said | None, *, checked: bool) -> str:
    """Who says so, and as of when."""
    if said is None:
        return ""
    sentence = N_CHECKED if checked else N_SAID
    return _(sentence, source=said.label, date=format_date(said.as_of, "d MMMM y"))


N_SAID = N_("%(source)s, %(date)s")
N_CHECKED = N_("Checked: %(source)s, %(date)s")


def where_it_is(asset: Asset, area: Area) -> str:
    """The words under an asset's map."""
    if asset.located_by is LocatedBy.POSTCODE:
        return _(
            "The mark is the middle of the postcode %(postcode)s, not the place itself.",
            postcode=asset.postcode,
        )
    if asset.outlier:
        return _(
            "This place lies outside %(area)s, or the register's coordinates are wrong.",
            area=area.name,
        )
    ward = asset.ward.name if asset.ward else area.name
    return _("%(name)s in %(ward)s. North is up.", name=asset.name, ward=ward)


def map_words() -> dict[str, Any]:
    """All that the moving map says, for its script."""
    return {
        "show": _("Show map"),
        "hide": _("Show the still picture"),
        "failed": _("The map cannot be shown on this device. The list has the same places."),
        "keys": _(
            "With the keyboard: arrows move the map, + and − zoom, Enter opens the place nearest the middle."  # noqa: RUF001 - the key says so
        ),
        "drawKeys": _(
            "A click puts a corner. With the keyboard: arrows move the map, Enter puts a corner at the cross, Backspace takes the last one away."
        ),
        "pinKeys": _(
            "A click takes the place. With the keyboard: arrows move the map, Enter takes the place at the cross."
        ),
        "map": _("Map"),
        "inView": _("Places in view: {n}."),
        "middle": _("Nearest to the middle: {name}."),
        "together": _("{n} places close together"),
        "cornerHere": _("Put a corner at the cross"),
        "cornerBack": _("Take the last corner away"),
        "corners": _("Corners: {n}. They stand in the text field too."),
        "pinHere": _("Take the place at the cross"),
        "pinned": _("Taken. It stands in the text field."),
        "asset": url_for("register.one", asset_id=0),
        "kinds": {kind.value: str(words) for kind, words in KIND.items()},
        "statuses": {status.value: state_words(status.value)[0] for status in Status},
    }
