"""Letters about a saved need, to its owner alone. The subject line names neither room, place nor time."""

from hashlib import sha256

from flask import current_app
from flask_babel import LazyString, format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.areas.queries import current_area
from portal.lettings import words
from portal.lettings.finding import words as said
from portal.lettings.finding.models import SavedNeed
from portal.lettings.rules import Wish
from portal.lettings.search import Match
from portal.notices import service as notices

LISTED = 5


def key_of(saved: SavedNeed) -> str:
    """How the keys of all its letters begin; not by its number, which another may have after it."""
    return f"need:{saved.token[:20]}:"


def of_rooms(saved: SavedNeed, wish: Wish, news: list[Match]) -> None:
    """Rooms that are free for the whole of a need and were not before."""
    ids = ",".join(str(match.room.id) for match in news)
    notices.write(
        to=saved.user.email,
        subject=_l("A room has become free"),
        body=LazyString(_of_rooms, saved, wish, news),
        key=f"{key_of(saved)}{sha256(ids.encode()).hexdigest()[:20]}",
        leave_url=_leave(saved),
    )


def _leave(saved: SavedNeed) -> str:
    return f"{_base()}/needs/leave/{saved.token}"


def _base() -> str:
    return current_app.config["BASE_URL"]


def _of_rooms(saved: SavedNeed, wish: Wish, news: list[Match]) -> str:
    more = len(news) - LISTED
    parts = [
        ngettext(
            "%(num)s room is free for all that you need:",
            "%(num)s rooms are free for all that you need:",
            len(news),
        ),
        f"{words.term(wish)}\n{words.wishes(wish)}. {said.would_do(wish)}".strip(),
        *map(_room, news[:LISTED]),
        ngettext("And %(num)s more.", "And %(num)s more.", more) if more > 0 else "",
        _("Nothing is held for you, and others may ask too. To see it and ask for it:")
        + f"\n{_base()}/needs/{saved.id}/rooms",
        "--\n"
        + _(
            "You get this letter because you asked us on %(day)s at %(name)s to tell you.\nTo get no more, one click: %(leave)s",
            day=format_date(saved.since, "d MMMM y"),
            name=current_area().product_name,
            leave=_leave(saved),
        ),
    ]
    return "\n\n".join(filter(None, parts))


def _room(match: Match) -> str:
    reasons = "\n".join(f"  * {words.say(reason)}" for reason in match.reasons)
    return f"{match.room.name}, {match.room.holder}\n{reasons}"
