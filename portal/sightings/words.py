"""Reports in words: how one stands, how long a place stood empty, and why one is declined."""

from datetime import datetime
from typing import Any, NamedTuple

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.sightings.models import Sighting
from portal.sightings.rules import HowLong, Reason, SightingState


class Said(NamedTuple):
    """A reason as the broker chooses it and as the reporter reads it."""

    label: Any
    to_reporter: Any


REASONS = {
    Reason.NOT_PUBLIC: Said(
        _l("It is not public land, and not a public building"),
        _l(
            "It does not belong to a public body. This portal can only open what public bodies hold."
        ),
    ),
    Reason.IN_USE: Said(
        _l("It is in use"),
        _l("It is in use, though it may not look so."),
    ),
    Reason.HOME: Said(
        _l("It is somebody's home, or a part of it"),
        _l("It is somebody's home, or a part of it. Homes are not in this register."),
    ),
    Reason.NOT_FOUND: Said(
        _l("I cannot find it"),
        _l(
            "The broker could not find the place. If you can say more exactly where it is, report it again."
        ),
    ),
    Reason.DUPLICATE: Said(
        _l("It has been reported already"),
        _l("Somebody has reported the same place already, and it is being looked at."),
    ),
    Reason.HARMFUL: Said(
        _l("Its words or photos are unsafe or harmful"),
        _l("Its words or photos cannot be used here. If the place does stand empty, report it again without them."),
    ),
}  # fmt: skip

HOW_LONG = {
    HowLong.UNKNOWN: _l("I do not know"),
    HowLong.WEEKS: _l("Some weeks"),
    HowLong.MONTHS: _l("Some months"),
    HowLong.YEAR: _l("About a year"),
    HowLong.YEARS: _l("Longer than that"),
}


def on_day(instant: datetime | None) -> str:
    """3 March 2026, by the area's clock."""
    return format_date(instant.astimezone(clock.LONDON), "d MMMM y") if instant else ""


def stands(one: Sighting) -> str:
    """How a report stands, for the person who sent it."""
    said = {
        SightingState.DRAFT: _("You have not sent it yet."),
        SightingState.REPORTED: _("The broker has it and will look at it."),
        SightingState.ACCEPTED: _("The place is in the register now."),
        SightingState.MERGED: _("The place is in the register, and your report is with it."),
        SightingState.DECLINED: _("The broker could not take it up."),
    }
    return said[one.state]
