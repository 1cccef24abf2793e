"""How often somebody may ask for something: the one table of it. Each view that is limited says `@limited(name)`.

A visitor is an address on the internet, and a whole library or council may stand behind one: these numbers are what
such a house needs on a busy day. What would flood one person is counted by the e-mail address that is typed.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv4Address, ip_address, ip_network
from time import monotonic
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from werkzeug.exceptions import HTTPException


@dataclass(frozen=True)
class Limit:
    """What one visitor may do, what may be done for one typed address, and what for; GET too where it reads. Where the
    answer is `quick` a worker counts by itself at first.
    """

    visitor: str
    address: str = ""
    about: str = ""
    reads: bool = False
    quick: bool = False


LIMITS: dict[str, Limit] = {
    "sign-in": Limit("120 per hour", "10 per hour;30 per day", "letters with a sign-in link"),
    "code": Limit("240 per hour", "", "codes from letters (each letter takes five)"),
    "link": Limit("240 per hour", "", "sign-in links used, or asked for again in another browser"),
    "second-step": Limit("240 per hour", "", "codes of a second step (after five wrong ones in a row 15 minutes' wait)"),
    "invitation": Limit("60 per hour", "10 per hour", "letters that ask somebody to organise a group too"),
    "join": Limit("120 per hour", "", "such letters answered"),
    "petition": Limit("240 per hour", "10 per hour", "signatures"),
    "sighting": Limit("60 per hour", "", "reports of empty places begun"),
    "photos": Limit("120 per hour", "", "steps of such a report with photos"),
    "question": Limit("60 per hour", "10 per hour", "questions about owners, asked or followed"),
    "watch": Limit("60 per hour", "10 per hour", "searches watched"),
    "search": Limit("600 per minute", "", "lists, maps and rooms searched (tiles are not counted)", reads=True, quick=True),
    "download": Limit("120 per hour", "", "whole searches as files", reads=True),
    "paper": Limit("600 per hour", "", "letters, signs and notices as PDFs", reads=True),
}  # fmt: skip

HOUR, MINUTE = 3600, 60
UNCOUNTED = 30  # questions a minute that one worker answers a visitor before it counts them for all
# In which minute, and how often each visitor has asked in it.
_asked: list[Any] = [0, Counter()]
WAITS = (
    (60, _l("That was a lot in a short time. Wait a minute and try again.")),
    (HOUR, _l("That was a lot in a short time. Wait an hour and try again.")),
    (24 * HOUR, _l("That was a lot for one day. Try again tomorrow.")),
)

# Counted in Redis for all workers where REDIS_URL says so, else in each worker's own memory.
limiter = Limiter(get_remote_address)


def limited(name: str) -> Callable[[Any], Any]:
    """Count what a view is asked for by a line of the table; views of the same line are counted together."""
    limit = LIMITS[name]
    methods = None if limit.reads else ["POST"]

    def counted(view: Any) -> Any:
        free = view
        view = limiter.shared_limit(limit.visitor, name, key_func=visitor, methods=methods)(view)
        if limit.quick:
            return _after_some(free, view, name)
        if limit.address:
            view = limiter.shared_limit(
                limit.address, f"{name}-address", key_func=typed_address, methods=methods
            )(view)
        return view

    return counted


def _after_some(free: Any, strict: Any, name: str) -> Any:
    """Count where all workers see it only what somebody asks who has asked this worker for some already in this minute:
    to count there takes as long as the shortest of the answers.
    """

    @wraps(free)
    def counted(*args: Any, **kwargs: Any) -> Any:
        if not limiter.enabled:
            return free(*args, **kwargs)
        minute = int(monotonic() // MINUTE)
        if _asked[0] != minute:
            _asked[:] = minute, Counter()
        seen = _asked[1]
        seen[name, key := visitor()] += 1
        return (free if seen[name, key] <= UNCOUNTED else strict)(*args, **kwargs)

    return counted


def visitor() -> str:
    """Whoever is signed in counts for themselves, in however many browsers; everybody else by the address they come from.
    A cookie whose sign-in is over is nobody's.
    """
    known = bool(request.cookies) and current_user.is_authenticated
    return f"signed-in:{current_user.id}" if known else house_of(get_remote_address())


def house_of(address: str) -> str:
    """Whose address it is. Of IPv6 each house has as many as it likes; what they share are the first 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def typed_address() -> str:
    """The e-mail address in the form, however it was typed."""
    typed = request.form.get("email", "")
    readable = "".join(one for one in typed if one.isprintable() and not one.isspace())
    return readable.lower() or visitor()


def wait_words(error: HTTPException) -> str:
    """How long to wait, in words; never shorter than it is."""
    limit = getattr(error, "limit", None)
    seconds = limit.limit.get_expiry() if limit else HOUR
    return next((str(words) for most, words in WAITS if seconds <= most), str(WAITS[-1][1]))
