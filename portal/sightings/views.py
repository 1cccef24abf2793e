"""Pages: report a place that stands empty, follow the report, and the broker's queue of them."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from portal.areas.queries import current_area
from portal.errors import NotFound
from portal.limits import limited
from portal.people.access import PUBLIC, STAFF, allow, area_roles, roles_for
from portal.people.rules import Role
from portal.register import maps
from portal.register.doors import aside
from portal.register.models import Asset
from portal.sightings import forms, page, queries, rules, service, uploads, words
from portal.sightings.acts import ACTS
from portal.sightings.rules import HowLong, SightingState
from portal.web import Form, attempt, render_form, row_id

bp = Blueprint("sightings", __name__)
bp.add_app_template_filter(words.on_day, "on_day")

A_DAY = 24 * 3600
BY_SLUG = {action.value: action for action in ACTS}


# ---- a resident reports a place


@bp.get("/report")
@allow(PUBLIC)
def start():
    if request.args.get("at"):
        return redirect(url_for("sightings.here", at=request.args["at"]))
    return _ask_where(forms.PlaceForm(MultiDict()))


def _ask_where(form: forms.PlaceForm):
    return render_form("sightings/start.html", form, picture=maps.of_area(current_area()))


@bp.route("/report/here", methods=["GET", "POST"])
@limited("sighting")
@allow(PUBLIC)
def here():
    """The place on a picture with what is known around it. Looking keeps nothing; the button begins a report."""
    area = current_area()
    asked = forms.PlaceForm()
    place = asked.found(area)
    if place is None:
        return _ask_where(asked)
    form = Form()
    if form.validate_on_submit():
        known = {
            "asset_id": request.form.get("asset", type=row_id),
            "same_as_id": request.form.get("report", type=row_id),
        }
        token = attempt(form, service.begin, area.id, place, **known)
        if token:
            return redirect(url_for("sightings.tell", token=token))
    return render_form("sightings/here.html", form, **page.about_place(place))


@bp.route("/report/<token>/words", methods=["GET", "POST"])
@allow(PUBLIC)
def tell(token: str):
    one = queries.by_token(token)
    if one.state is not SightingState.DRAFT:
        return redirect(url_for("sightings.follow", token=token))
    form = forms.TellForm(obj=one)
    if form.validate_on_submit():
        said = {name: form[name].data or "" for name in ("words", "exactly", "email")}
        if attempt(form, service.tell, token, how_long=HowLong(form.how_long.data), **said):
            return redirect(url_for("sightings.photos", token=token))
    return render_form("sightings/tell.html", form, one=one)


@bp.route("/report/<token>/photos", methods=["GET", "POST"])
@limited("photos")
@allow(PUBLIC)
def photos(token: str):
    """The last step: photos that are good are kept at once, whatever else is wrong; "send" ends it."""
    one = queries.by_token(token)
    form, too_much = uploads.photos_form()
    if one.state is SightingState.DRAFT and form.is_submitted() and not too_much:
        form.validate()
        _keep_photos(form, token)
        if not form.errors and "send" in request.form:
            attempt(form, service.send, token)
        elif not form.errors:
            return redirect(url_for("sightings.photos", token=token))
    one = queries.by_token(token)
    if one.state is not SightingState.DRAFT:
        return redirect(url_for("sightings.follow", token=token))
    room = rules.MOST_PHOTOS - len(one.photos)
    shown, status = render_form("sightings/photos.html", form, one=one, room=room)
    return shown, 413 if too_much else status


def _keep_photos(form: forms.PhotosForm, token: str) -> None:
    """Take out what shall go, then keep what could be read. The link is secret, so an old page may do this too."""
    if gone := request.form.get("remove", type=row_id):
        attempt(form, service.remove_photo, token, gone)
    good = uploads.good_ones(form)
    if good and attempt(form, service.add_photos, token, good):
        too_many = _(
            "There is room for %(most)s photos. The others were left out.", most=rules.MOST_PHOTOS
        )
        form.form_errors.append(too_many)


@bp.get("/report/<token>")
@allow(PUBLIC)
def follow(token: str):
    """Thanks, and from then on how the report stands."""
    one = queries.by_token(token)
    if one.state is SightingState.DRAFT:
        return redirect(url_for("sightings.tell", token=token))
    reason = words.REASONS[one.reason].to_reporter if one.reason else ""
    return render_template(
        "sightings/follow.html", one=one, stands=words.stands(one), reason=reason
    )


@bp.route("/report/<token>/leave", methods=["GET", "POST"])
@allow(PUBLIC)
def leave(token: str):
    """One button: mail scanners open links, but do not press buttons."""
    one = queries.by_token(token)
    form = Form()
    if form.validate_on_submit() and attempt(form, service.leave, token):
        flash(_("You get no more letters about this report. Your address is deleted."))
        return redirect(url_for("sightings.follow", token=token))
    return render_form("sightings/leave.html", form, one=one)


# ---- photos


@bp.get("/sightings/photos/<int:photo_id>.webp")
@allow(PUBLIC)
def photo(photo_id: int):
    """A published photo for all; one that is not for the broker alone."""
    return _seen(photo_id, small=False)


@bp.get("/sightings/photos/<int:photo_id>-small.webp")
@allow(PUBLIC)
def small_photo(photo_id: int):
    return _seen(photo_id, small=True)


def _seen(photo_id: int, *, small: bool) -> Response:
    data, found, public = queries.photo(photo_id, small=small)
    if not public and not area_roles() & set(STAFF):
        raise NotFound("no-photo", "There is no such photo.")
    return _picture(data, found.digest, public=public)


@bp.get("/report/<token>/photos/<int:photo_id>.webp")
@allow(PUBLIC)
def own_photo(token: str, photo_id: int):
    """A reporter's own photo, by the secret link."""
    data, found, _public = queries.photo(photo_id, small=True, of=token)
    return _picture(data, found.digest, public=False)


def _picture(data: bytes, digest: str, *, public: bool) -> Response:
    """Bytes that can do nothing but be seen. A day in caches, no longer: a photo can be taken back."""
    answer = Response(data, mimetype="image/webp")
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = f"public, max-age={A_DAY}" if public else "private, no-store"
    if public:
        answer.set_etag(f"{digest}-{len(data)}")
        answer.make_conditional(request)
    return answer


@aside
def seen_by_residents(asset: Asset) -> Markup | None:
    """On a place's page: the photos and words that the broker has published."""
    shown = queries.shown_photos([asset.id]).get(asset.id, [])
    said = queries.shown_words(asset.id)
    if not shown and not said:
        return None
    return Markup(render_template("sightings/_aside.html", photos=shown, reports=said))  # noqa: S704 - a template of ours


# ---- the broker


@bp.get("/desk/sightings")
@allow(Role.BROKER)
def queue():
    area = current_area()
    pages = max(1, -(-queries.waiting(area) // queries.PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "sightings/queue.html",
        reports=queries.queue(area, number),
        waiting=queries.waiting(area),
        page=number,
        pages=pages,
        how_long=words.HOW_LONG,
    )


@bp.get("/desk/sightings/<int:sighting_id>")
@allow(Role.BROKER)
def one(sighting_id: int):
    found = queries.sent(sighting_id)
    actions = rules.open_to(found.state, roles_for(current_user))
    acts = [(action.value, ACTS[action]) for action in actions if action in ACTS]
    return render_template("sightings/one.html", acts=acts, **page.about_report(found))


@bp.route("/desk/sightings/<int:sighting_id>/<slug>", methods=["GET", "POST"])
@allow(Role.BROKER)
def act(sighting_id: int, slug: str):
    """Any answer to a report: load, check, form, one call, back to the report."""
    action = BY_SLUG.get(slug) or abort(404)
    how = ACTS[action]
    found = queries.sent(sighting_id)
    form = how.form(found)
    if form.validate_on_submit():
        if attempt(form, how.run, current_user.id, sighting_id, form):
            flash(str(how.done))
            return redirect(url_for("sightings.one", sighting_id=sighting_id))
    elif request.method != "POST" and action not in rules.open_to(found.state, {Role.BROKER}):
        flash(_("This report has been answered already."), "error")
        return redirect(url_for("sightings.one", sighting_id=sighting_id))
    return render_form(
        "sightings/act.html",
        form,
        act=how,
        name=slug,
        **page.about_report(queries.sent(sighting_id)),
    )
