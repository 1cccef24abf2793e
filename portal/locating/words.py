"""The queue, the evidence and the history, as people read them."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.locating.models import Verification
from portal.locating.reading import Spot
from portal.locating.rules import Deed, Doubt, Evidence, Method
from portal.register.forms import distance_words
from portal.states import STATES, state_words
from portal.web import moment

DOUBTS = {
    Doubt.NO_PLACE: _l("No place"),
    Doubt.OUTSIDE: _l("Outside the area"),
    Doubt.POSTCODE_ONLY: _l("Only by its postcode"),
    Doubt.FAR_FROM_POSTCODE: _l("Far from its postcode"),
    Doubt.FAR_FROM_PROPERTY: _l("Far from where the national list has it"),
    Doubt.SAME_POINT: _l("On one point with others"),
}
BECAUSE = {
    Doubt.NO_PLACE: _l("The register gives no coordinates and no postcode that is known, so no map shows it."),
    Doubt.OUTSIDE: _l("Its coordinates lie outside the area. They may be wrong."),
    Doubt.POSTCODE_ONLY: _l("It is shown in the middle of its postcode, which is not where it stands."),
    Doubt.FAR_FROM_POSTCODE: _l("It is shown far from the middle of its own postcode. One of the two is wrong."),
    Doubt.FAR_FROM_PROPERTY: _l("The national list has the property with its number (UPRN) elsewhere."),
    Doubt.SAME_POINT: _l("The same holder has other places, with other postcodes, on exactly the same point."),
}  # fmt: skip
EVIDENCE = {
    Evidence.SITE_VISIT: _l("I was there"),
    Evidence.HOLDERS_PLAN: _l("A plan of the holder's"),
    Evidence.TITLE_PLAN: _l("A title plan (Land Registry, Registers of Scotland)"),
    Evidence.ORDNANCE_SURVEY: _l("An Ordnance Survey map"),
    Evidence.AERIAL: _l("An aerial photograph"),
    Evidence.OTHER_MAP: _l("Another map, for example OpenStreetMap"),
    Evidence.SOMEBODY: _l("Somebody who knows told me"),
}
METHODS = {
    Method.POSTCODE: _l("Placed in the middle of its postcode, %(said)s."),
    Method.UPRN: _l("Placed where the national list has it, %(said)s."),
    Method.STREET: _l("Placed by its street: %(said)s."),
    Method.SAME_PROPERTY: _l("Placed where another entry of the same property stands: %(said)s."),
    Method.SAME_NAME: _l("Placed where an entry of the same name stands: %(said)s."),
    Method.PARENT: _l("Placed where its building stands: %(said)s."),
    Method.TYPED: _l("Placed at %(said)s."),
    Method.DRAWN: _l("Placed as an outline with %(said)s corners."),
    Method.PIN: _l("Placed by a pin on the map at %(said)s."),
}
DEEDS = {
    Deed.PLACED: _l("Placed."),
    Deed.CONFIRMED: _l("Its place was found to be right."),
    Deed.PUT_BACK: _l("The last placing was taken back."),
    Deed.CHECKED: _l("Checked on site."),
    Deed.HOURS: _l("Its opening hours were read by a person."),
    Deed.SAID: _l("How it is let."),
    Deed.WITHHELD: _l("Withheld from the public."),
    Deed.SHOWN: _l("Shown to the public again."),
}
FIELDS = {
    "status": _l("How it stands"),
    "step_free": _l("Step-free way in"),
    "hearing_loop": _l("Hearing loop"),
    "accessible_toilet": _l("Accessible toilet"),
    "changing_place": _l("Changing Places toilet"),
    "parking": _l("Parking for disabled people"),
    "capacity": _l("Room for how many people"),
    "public_hours": _l("Open to the public"),
    "hire_hours": _l("Can be hired"),
    "name": _l("Name"),
    "price_pence_hour": _l("Pence an hour"),
    "rates": _l("Pence an hour for kinds of group"),
    "buffer_before_minutes": _l("Minutes kept free before"),
    "buffer_after_minutes": _l("Minutes kept free after"),
    "facilities": _l("What is in it"),
    "hire_when": _l("Let in which part of the year"),
    "opener": _l("Who lets people in"),
}


def spot_words(spot: Spot) -> str:
    """A place as it was understood, as the page says it."""
    if spot.method is Method.DRAWN:
        return _("An outline with %(number)s corners", number=spot.label)
    return spot.label


def square_metres(value: float) -> str:
    """1,740 m² (0.17 hectares)."""
    return _(
        "%(number)s m² (%(hectares)s hectares)",
        number=format_decimal(round(value)),
        hectares=format_decimal(round(value / 10_000, 2)),
    )


def far_words(metres: float | None, what: str) -> str:
    """320 m from …; nothing where it is not known, or the same."""
    if metres is None or metres < 1:
        return ""
    return _("%(distance)s from %(what)s", distance=distance_words(metres), what=what)


def events(history: Iterable[Verification]) -> Iterator[dict[str, str]]:
    """The history for the page's timeline."""
    for row in history:
        yield {
            "when": moment(row.at),
            "what": _what(row),
            "why": row.words,
            "who": row.by.shown_name,
            "clause": _on_what(row),
        }


def _what(row: Verification) -> str:
    if row.method:
        return str(METHODS[row.method]) % {"said": row.said}
    said = str(DEEDS[row.deed])
    if row.deed in (Deed.CHECKED, Deed.SAID):
        said += " " + ", ".join(
            f"{FIELDS[name]}: {value_words(value)}" for name, value in row.after.items()
        )
    return said


def value_words(value: Any) -> str:
    """A checked value: yes, no, a number, a state or what was written."""
    if value is None or value == "":
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return state_words(value)[0].lower() if value in STATES else str(value)


def _on_what(row: Verification) -> str:
    return grounds(row.evidence, row.seen_on)


def grounds(evidence: Evidence | str | None, seen_on: date | None) -> str:
    """I was there, 1 March 2026."""
    if evidence not in EVIDENCE or seen_on is None:
        return ""
    return f"{EVIDENCE[Evidence(evidence)]}, {format_date(seen_on, 'd MMMM y')}"
