"""Pages of calendar feeds, and the feeds."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.errors import NotFound
from portal.lettings.hosting import feeds
from portal.lettings.hosting.blueprint import bp
from portal.lettings.hosting.rules import Scope
from portal.people.access import PUBLIC, SIGNED_IN, allow, fresh
from portal.people.queries import me
from portal.web import EXPIRED, Form

MINUTES = 5  # that a calendar program may keep what it has
SCOPES = f"<any({','.join(Scope)}):scope>"


@bp.get("/calendars")
@allow(SIGNED_IN)
@fresh
def calendars(address: str = "", made_for: tuple[Scope, int] | None = None):
    user = me()
    return render_template(
        "lettings/hosting/calendars.html",
        calendars=[
            (scope, scope_id, feeds.titled(scope, name), feeds.key_of(user, scope, scope_id))
            for scope, scope_id, name in feeds.offered_to(user)
        ],
        address=address,
        made_for=made_for,
    )


@bp.post(f"/calendars/{SCOPES}/<int(min=0):scope_id>/make")
@allow(SIGNED_IN)
@fresh
def make_calendar(scope: str, scope_id: int):
    """A new address, shown this once on the page that answers."""
    if not Form().validate_on_submit():
        flash(str(EXPIRED), "error")
        return redirect(url_for("hosting.calendars"))
    token = feeds.make(me().id, Scope(scope), scope_id)
    return calendars(feeds.address_of(token), (Scope(scope), scope_id))


@bp.post(f"/calendars/{SCOPES}/<int(min=0):scope_id>/stop")
@allow(SIGNED_IN)
def stop_calendar(scope: str, scope_id: int):
    if Form().validate_on_submit():
        feeds.stop(me().id, Scope(scope), scope_id)
        flash(_("Stopped. The address shows nothing any more."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(url_for("hosting.calendars"))


@bp.get("/calendar/<token>.ics")
@allow(PUBLIC)
def calendar(token: str):
    """A feed for calendar programs, which have no session: the key in the address is all."""
    try:
        data = feeds.feed(feeds.opened_with(token))
    except NotFound as gone:
        return _unseen(Response(f"{gone}\n", 404, mimetype="text/plain"))
    answer = _unseen(Response(data, mimetype="text/calendar"))
    answer.headers["Cache-Control"] = f"private, max-age={MINUTES * 60}"
    answer.add_etag()
    return answer.make_conditional(request)


def _unseen(answer: Response) -> Response:
    """No search engine keeps it, and no page that is opened from it learns its address."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
