"""Why is this not public? For each way in which the public meets an asset: whether it does there, why not, and what to do.

The reasons are one table. They say what the search and the pages do (portal/register/glance.py and views.py); a test
holds them against both.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.locating.models import Verification
from portal.locating.rules import Deed
from portal.register.models import Asset
from portal.register.rules import LocatedBy, Status
from portal.web import day


class Surface(StrEnum):
    """Where the public meets an asset."""

    LIST = "list"
    MAP = "map"
    NEAR = "near"
    WATCH = "watch"
    PAGE = "page"


SURFACES = {
    Surface.LIST: _l("In the list and in what is downloaded"),
    Surface.MAP: _l("On the map"),
    Surface.NEAR: _l("When somebody looks near a place"),
    Surface.WATCH: _l("In watches and feeds"),
    Surface.PAGE: _l("Its own page"),
}
ALL = frozenset(Surface)
ON_GROUND = frozenset({Surface.MAP, Surface.NEAR})
SEARCHED = ALL - {Surface.PAGE}


class Reason(NamedTuple):
    """Something about an asset that hides it on some surfaces, or makes it harder to find on others."""

    code: str
    holds: Callable[[Asset], Any]
    hides: frozenset[Surface]
    dims: frozenset[Surface]
    because: Any
    remedy: Any


REASONS = (
    Reason(
        "withheld", lambda a: a.withheld_why, ALL, frozenset(),
        _l("It is withheld%(by)s: %(why)s."),
        _l("Show it again when the reason has gone."),
    ),
    Reason(
        "gone", lambda a: a.gone_on, SEARCHED, frozenset(),
        _l("%(holder)s has it in its register no more since %(gone)s. Old links to its page still work."),
        _l("Ask the holder whether it was sold or forgotten. The next register that has it brings it back."),
    ),
    Reason(
        "no-place", lambda a: a.shape is None, ON_GROUND, frozenset(),
        _l("Nobody knows where it stands."),
        _l("Place it."),
    ),
    Reason(
        "no-place-to-watch", lambda a: a.shape is None, frozenset(), frozenset({Surface.WATCH}),
        _l("Who watches the surroundings of a place, or an area drawn by hand, does not hear of it."),
        _l("Place it."),
    ),
    Reason(
        "outside", lambda a: a.outlier, frozenset(), ON_GROUND | {Surface.WATCH},
        _l("It stands outside the area, so only somebody who looks there finds it."),
        _l("Place it, or say that the place is right."),
    ),
    Reason(
        "postcode-only", lambda a: a.located_by is LocatedBy.POSTCODE, frozenset(), ON_GROUND,
        _l("It is shown in the middle of its postcode, not where it stands."),
        _l("Place it."),
    ),
    Reason(
        "occupied", lambda a: a.status is Status.OCCUPIED, frozenset(), frozenset({Surface.LIST}),
        _l("It is occupied. “Land” and “Buildings” at the top of each page show what stands vacant; the filter “Occupied” shows it."),
        _l("If it stands empty, say so under “Checked on site”."),
    ),
)  # fmt: skip


class Why(NamedTuple):
    """One reason in words, and what to do about it."""

    code: str
    because: str
    remedy: str


class Seen(NamedTuple):
    """Whether the public meets an asset on one surface; `why` also holds what only makes it harder to find."""

    surface: Surface
    words: str
    shown: bool
    why: tuple[Why, ...]


def explain(
    asset: Asset, history: list[Verification] | tuple[Verification, ...] = ()
) -> list[Seen]:
    """Every surface with its answer. `history` (latest first) says who withheld it."""
    values = _values(asset, history)
    apply = [reason for reason in REASONS if reason.holds(asset)]
    seen = []
    for surface, words in SURFACES.items():
        about = [reason for reason in apply if surface in reason.hides | reason.dims]
        hidden = any(surface in reason.hides for reason in about)
        # What hides it says all; that it would also be hard to find helps nobody then.
        told = [reason for reason in about if not hidden or surface in reason.hides]
        why = (Why(r.code, str(r.because) % values, str(r.remedy)) for r in told)
        seen.append(Seen(surface, str(words), not hidden, tuple(why)))
    return seen


def in_short(asset: Asset) -> str:
    """One line: where it cannot be seen, or that it can be seen everywhere."""
    hidden = [seen.words.lower() for seen in explain(asset) if not seen.shown]
    if not hidden:
        return _("Everybody can see it.")
    if len(hidden) == len(Surface):
        return _("Nobody but staff can see it.")
    return _("Not shown: %(where)s.", where=", ".join(hidden))


def _values(asset: Asset, history: Any) -> dict[str, str]:
    row = next((row for row in history if row.deed is Deed.WITHHELD), None)
    by = _(" by %(who)s on %(when)s", who=row.by.shown_name, when=day(row.at.date())) if row else ""
    return {
        "by": by,
        "why": (asset.withheld_why or "").rstrip("."),
        "holder": asset.holder.name,
        "gone": day(asset.gone_on),
    }
