"""Rooms in a reader's words: when they are let, what kinds of group pay, who opens."""

from collections.abc import Sequence
from datetime import date, time

from babel.dates import get_day_names
from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import web
from portal.people.rules import GroupKind
from portal.register.models import Asset, Fact
from portal.register.rules import ACCESS, HireWhen, Opener
from portal.register.sources import Said, sources_of
from portal.register.words import OPENER, yes_no
from portal.register.words import hours as spelt
from portal.venues.facilities import FACILITIES
from portal.venues.models import Keyholder

WHICH = {"public": "public_hours", "hire": "hire_hours"}
HOURS = {
    "public": _l("When it is open to the public"),
    "hire": _l("When it can be hired"),
}
GROUPS = {
    GroupKind.UNCONSTITUTED: _l("Neighbours without a constitution"),
    GroupKind.ASSOCIATION: _l("Association with rules"),
    GroupKind.CHARITY: _l("Charity"),
    GroupKind.CIO: _l("Charitable incorporated organisation (CIO)"),
    GroupKind.CIC: _l("Community interest company (CIC)"),
    GroupKind.COOPERATIVE: _l("Co-operative"),
    GroupKind.COMPANY: _l("Company"),
}
WHEN = {
    HireWhen.ALWAYS: _l("All the year"),
    HireWhen.IN_TERM: _l("In term only"),
    HireWhen.OUT_OF_TERM: _l("Out of term only"),
}
ACCESS_WORDS = {
    "step_free": _l("Step-free way in"),
    "hearing_loop": _l("Hearing loop"),
    "accessible_toilet": _l("Accessible toilet"),
    "changing_place": _l("Changing place"),
    "parking": _l("Parking"),
}
OPENERS: dict[Opener, object] = {
    Opener.CARETAKER: _l("Caretaker"),
    Opener.KEYHOLDER: _l("Keyholder"),
    Opener.STAFF: _l("Staff"),
    Opener.DOOR_CODE: _l("Code at the door"),
}


def weekdays() -> list[str]:
    """Monday to Sunday in the reader's language."""
    names = get_day_names("wide", locale=get_locale() or "en")
    return [names[number] for number in range(7)]


def full(day: date) -> str:
    """3 May 2026."""
    return format_date(day, "d MMMM y")


def span(first: date, last: date) -> str:
    """3 May 2026, or 3 May 2026 to 7 May 2026."""
    if first == last:
        return full(first)
    return _("%(first)s to %(last)s", first=full(first), last=full(last))


def hours(text: str | None) -> str:
    """Hours as a sentence; that nobody has said any is said too."""
    return spelt(text) if text else _("Nobody has said yet.")


def price(pence: int | None) -> str:
    """What an hour costs; nothing said is not the same as nothing to pay."""
    if pence is None:
        return _("Nobody has said yet: free until somebody does.")
    return _("%(price)s an hour", price=web.pounds(pence)) if pence else _("Free")


def source(said: Said | Fact | None) -> str:
    """Who said it and when; nothing where nobody is known."""
    if said is None:
        return ""
    label = said.source if isinstance(said, Fact) else said.label
    return _("%(source)s, %(day)s", source=_(label), day=full(said.as_of))


def prices(room: Asset, rates: dict[GroupKind, int]) -> list[tuple[str, str, str]]:
    """The standard price, then what kinds of group pay instead: what, how much, who said so."""
    said = source(sources_of(room).get("price_pence_hour"))
    rows = [(_("Price"), price(room.price_pence_hour), said)]
    return rows + [(str(GROUPS[k]), price(rates[k]), "") for k in GROUPS if k in rates]


def access(asset: Asset) -> list[tuple[str, str, str]]:
    """Each access fact: what, yes or no or not known, and who checked it on which day."""
    said = sources_of(asset)
    return [
        (
            str(ACCESS_WORDS[name]),
            yes_no(getattr(asset, name)) or _("Not known"),
            source(said.get(name)) if getattr(asset, name) is not None else "",
        )
        for name in ACCESS
    ]


def inside(asset: Asset) -> tuple[str, str, str]:
    """What is in a room, as one row."""
    there = [str(FACILITIES[word]) for word in asset.facilities or () if word in FACILITIES]
    nothing = _("Nobody has said yet.") if asset.facilities is None else _("Nothing of the list")
    said = source(sources_of(asset).get("facilities"))
    return _("What is in it"), ", ".join(there) or nothing, said


def buffers(asset: Asset) -> str:
    """The time that is kept free round a meeting."""
    before, after = asset.buffer_before_minutes, asset.buffer_after_minutes
    if not (before or after):
        return _("None")
    return _("%(before)s minutes before, %(after)s minutes after", before=before, after=after)


def clock(at: time) -> str:
    """22:00; midnight is the end of the day."""
    return at.strftime("%H:%M") if at != time() else _("midnight")


def days(numbers: Sequence[int]) -> str:
    """Monday, Thursday; all of them is said so."""
    names = weekdays()
    return ", ".join(names[n] for n in numbers) if numbers else _("every day")


def keyholder(one: Keyholder) -> list[tuple[str, str]]:
    """What staff read of somebody who opens."""
    return [
        (_("Who"), f"{one.name}, {OPENERS[one.role]}"),
        (_("Days"), days(one.days)),
        (_("Until"), clock(one.until) if one.until else _("no end said")),
        (_("One opening costs"), web.pounds(one.cost_pence) if one.cost_pence else _("Nothing")),
        (_("E-mail"), one.email or ""),
        (_("Phone"), one.phone or ""),
    ]


def opened_by(asset: Asset, keyholders: Sequence[Keyholder]) -> str:
    """Who opens, for staff: names where there are any, else what the register says."""
    if keyholders:
        return ", ".join(one.name for one in keyholders)
    return str(OPENER[asset.opener]) if asset.opener else _("Nobody is named.")
