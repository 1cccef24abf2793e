"""Pages: watch a search, confirm or change it, leave; and the same search as a feed."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.areas.queries import current_area
from portal.errors import BadInput
from portal.limits import limited
from portal.people.access import PUBLIC, allow
from portal.watches import feed, queries, service, words
from portal.watches.forms import KeepForm, WatchForm
from portal.watches.models import Watch
from portal.watches.rules import Often
from portal.web import Form, attempt, render_form

bp = Blueprint("watches", __name__)

IN_FEED = 50


@bp.route("/watches/new", methods=["GET", "POST"])
@limited("watch")
@allow(PUBLIC)
def new():
    """What the list's address asks for, in words; then how often, and to which address."""
    asked = words.watched(current_area(), request.args)
    query = words.canonical(asked)
    form = WatchForm()
    if asked.errors_read:
        sentences = list(asked.errors_read.values())
        return render_template("watches/unclear.html", sentences=sentences), 422
    if form.validate_on_submit() and attempt(
        form, service.ask, form.email.data, query, Often(form.often.data)
    ):
        return render_template("watches/asked.html", email=form.email.data, query=query)
    return render_form("watches/new.html", form, spoken=words.spoken(asked), query=query)


@bp.route("/watches/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def one(token: str):
    """One button confirms: mail scanners open links, but do not press buttons."""
    watch = queries.by_token(token)
    new = watch.confirmed_at is None
    form = KeepForm(often=watch.often.value)
    if form.validate_on_submit() and attempt(form, service.keep, token, Often(form.often.data)):
        flash(_("We write to you when something is new.") if new else _("This has been saved."))
        return redirect(url_for("watches.one", token=token))
    return render_form("watches/one.html", form, **_about(watch))


@bp.route("/watches/<token>/leave", methods=["GET", "POST"])
@allow(PUBLIC)
def leave(token: str):
    """A mail program leaves by one POST without a page (RFC 8058), a person by a button."""
    if request.form.get("List-Unsubscribe") == "One-Click":
        service.leave(token)
        return Response(_("You get no more letters from this watch."), mimetype="text/plain")
    form = Form()
    if form.validate_on_submit() and attempt(form, service.leave, token):
        return render_template("watches/left.html")
    return render_form("watches/leave.html", form, **_about(queries.by_token(token)))


def _about(watch: Watch) -> dict[str, object]:
    asked = words.read(current_area(), watch.query)
    return {
        "watch": watch,
        "spoken": words.spoken(asked),
        "lost": list(asked.errors_read.values()),
        "query": watch.query,
    }


@bp.get("/assets.atom")
@limited("search")
@allow(PUBLIC)
def assets_atom():
    """The newest places of a search, for feed readers; the same filters as the list."""
    area = current_area()
    asked = words.kept(area, request.args)
    for sentence in asked.errors_read.values():
        raise BadInput("bad-filter", "%(why)s", why=sentence)
    told = queries.latest(area, asked.search(), IN_FEED)
    title = " · ".join((area.product_name, *words.spoken(asked)))
    body = feed.document(area, title, words.canonical(asked), told, str(get_locale()))
    answer = Response(body, mimetype="application/atom+xml")
    answer.headers["Cache-Control"] = "no-cache"  # may be kept, must be asked for
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.last_modified = feed.updated(told)
    answer.add_etag()
    return answer.make_conditional(request)
