"""Pages of the broker: the queue of places to locate, one place with all that is known, and what is done to it."""

import zlib
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geo.geojson import feature_collection
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.errors import BadInput
from portal.locating import forms, page, queries, service, words
from portal.locating.hours import not_understood
from portal.locating.queries import Filter, Key
from portal.locating.reading import Spot, read_spot
from portal.locating.rules import Doubt, Method
from portal.locating.suggestions import suggested
from portal.people.access import allow, area_roles
from portal.people.queries import me
from portal.people.rules import Role
from portal.register.doors import Door, door
from portal.register.models import Asset
from portal.web import Form, attempt, render_form, row_id, stripped, told

bp = Blueprint("locating", __name__)

LONGEST_IN_ADDRESS = 1500


@door
def place_and_checks(asset: Asset) -> list[Door]:
    """On an asset's page, for brokers: its place, its checks, and why it is not public."""
    if Role.BROKER not in area_roles():
        return []
    url = url_for("locating.one", asset_id=asset.id)
    return [Door(_("Its place and checks"), url, page.in_short(asset))]


@bp.get("/desk/locate")
@allow(Role.BROKER)
def queue():
    area, asked = current_area(), _asked()
    after = request.args.get("after", type=queries.read_key)
    found = queries.page(area, asked, after, queries.PAGE + 1)
    counts = queries.counts(area, asked.holder_id)
    return render_template(
        "locating/queue.html",
        found=found[: queries.PAGE],
        more=found[queries.PAGE - 1][0] if len(found) > queries.PAGE else None,
        after=after,
        counts=counts,
        total=sum(counts.values()),
        holders=queries.holders(area),
        hours=queries.count_without_hours(area),
        asked=asked,
        url=_url,
        doubts=words.DOUBTS,
        address=page.address,
    )


@bp.get("/desk/locate/<int:asset_id>")
@allow(Role.BROKER)
def one(asset_id: int):
    area = current_area()
    asset = queries.asset_of(area, asset_id)
    key = queries.key_of(area, asset_id)
    return render_template(
        "locating/one.html",
        **page.about(area, asset, key),
        following=queries.next_after(area, _asked(), key),
        url=_url,
    )


@bp.route("/desk/locate/<int:asset_id>/here", methods=["GET", "POST"])
@allow(Role.BROKER)
def here(asset_id: int):
    """The second step: where that is, on what evidence; then it is saved."""
    area = current_area()
    asset = queries.asset_of(area, asset_id)
    place, key = stripped(request.values.get("place", "")), request.values.get("suggestion", "")
    pin = request.values.get("pin", "")
    form = forms.PlaceForm()
    try:
        spot = _spot(area, asset, place, key, pin=bool(pin))
    except BadInput as refusal:
        return _not_understood(area, asset, place, told(refusal))
    if "look" not in request.form and form.validate_on_submit() and _same_spot(form, spot):
        queue_key = queries.key_of(area, asset_id)
        if attempt(
            form, service.place, me().id, asset_id, spot, form.grounds(), shown=form.shown.data
        ):
            flash(_("%(name)s is placed.", name=asset.name))
            return _on(area, queue_key)
    if "look" in request.form or request.method != "POST":
        form = forms.PlaceForm(formdata=None, place=place, suggestion=key, pin=pin)
    asset = queries.asset_of(area, asset_id)
    form.shown.data, form.spot.data = queries.version_of(asset), _mark(spot)
    return render_form(
        "locating/here.html",
        form,
        **page.review(area, asset, spot),
        geojson_url=_on_map(asset_id, place, key),
        last=words.grounds(form.evidence.data, form.seen_on.data),
        url=_url,
    )


@bp.get("/desk/locate/<int:asset_id>/here.geojson")
@allow(Role.BROKER)
def here_geojson(asset_id: int):
    """The same place for the map that moves."""
    area = current_area()
    asset = queries.asset_of(area, asset_id)
    spot = _spot(area, asset, request.args.get("place", ""), request.args.get("suggestion", ""))
    properties = {
        "name": asset.name,
        "kind": asset.kind.value,
        "words": words.spot_words(spot),
        "url": url_for("locating.one", asset_id=asset_id),
    }
    body = feature_collection([spot.shape], [properties], ids=[asset_id])
    return Response(body, mimetype="application/geo+json")


def _on_map(asset_id: int, place: str, key: str) -> str:
    """Where that is found; an outline longer than an address can be is on the still picture only."""
    if len(place) > LONGEST_IN_ADDRESS:
        return ""
    asked = {"suggestion": key} if key else {"place": place}
    return url_for("locating.here_geojson", asset_id=asset_id, **asked)


def _spot(area: Area, asset: Asset, place: str, key: str, *, pin: bool = False) -> Spot:
    if key:
        return suggested(area, asset, key)
    spot = read_spot(area, place)
    return spot._replace(method=Method.PIN) if pin and spot.method is Method.TYPED else spot


def _same_spot(form: forms.PlaceForm, spot: Spot) -> bool:
    """Whether the words still mean the place that was on the picture; a street's middle may have moved."""
    if form.spot.data == _mark(spot):
        return True
    form.broken = True
    form.form_errors.append(_("What you chose now means another place. Look at the picture again."))
    return False


def _mark(spot: Spot) -> str:
    return f"{zlib.crc32(spot.shape.wkb):08x}"


def _not_understood(area: Area, asset: Asset, place: str, sentence: str) -> tuple[str, int]:
    """The first step again, with what was typed."""
    outline = "\n" in place or place[:1] in "{[" or "((" in place
    context = page.about(area, asset, queries.key_of(area, asset.id))
    context["sentence"], context["outline" if outline else "place"] = sentence, place
    following = queries.next_after(area, _asked(), context["key"])
    return render_template("locating/one.html", **context, following=following, url=_url), 422


@bp.route("/desk/locate/<int:asset_id>/right", methods=["GET", "POST"])
@allow(Role.BROKER)
def right(asset_id: int):
    """Its place is right as it is."""
    area, form = current_area(), forms.EvidenceForm()
    asset = queries.asset_of(area, asset_id)
    if form.validate_on_submit():
        key = queries.key_of(area, asset_id)
        if attempt(form, service.confirm, me().id, asset_id, form.grounds(), shown=form.shown.data):
            flash(_("The place of %(name)s is checked.", name=asset.name))
            return _on(area, key)
    title, about = _("This place is right"), _("No later register moves it from here.")
    return _act(form, asset_id, title, about, _("Save, and go to the next"))


@bp.route("/desk/locate/<int:asset_id>/checked", methods=["GET", "POST"])
@allow(Role.BROKER)
def checked(asset_id: int):
    """Facts seen on site."""
    form = forms.CheckedForm(queries.asset_of(current_area(), asset_id))
    if form.validate_on_submit() and attempt(
        form, service.check, me().id, asset_id, form.seen(), form.grounds(), shown=form.shown.data
    ):
        flash(_("What you saw is in the register. No later list changes it."))
        return redirect(_url("locating.one", asset_id=asset_id))
    about = _("Say only what you have seen. The public reads it with its source and day.")
    return _act(form, asset_id, _("Checked on site"), about, _("Save"))


@bp.route("/desk/locate/<int:asset_id>/back", methods=["GET", "POST"])
@allow(Role.BROKER)
def back(asset_id: int):
    """Take the last placing back."""
    about = _(
        "It stands again where it stood before, and waits again if it waited. The history keeps both."
    )
    return _with_reason(
        asset_id, forms.MaybeWhyForm(), service.put_back, _("Take the last placing back"), about
    )  # fmt: skip


@bp.route("/desk/locate/<int:asset_id>/withhold", methods=["GET", "POST"])
@allow(Role.BROKER)
def withhold(asset_id: int):
    """Show it to nobody but staff."""
    about = _(
        "It is gone from lists, maps, feeds and its own page at once. Staff still see it here."
    )
    return _with_reason(
        asset_id, forms.WhyForm(), service.withhold, _("Withhold it from the public"), about
    )


@bp.route("/desk/locate/<int:asset_id>/show", methods=["GET", "POST"])
@allow(Role.BROKER)
def show(asset_id: int):
    """Take the withholding back."""
    about = _("Everybody can see it again.")
    return _with_reason(
        asset_id, forms.MaybeWhyForm(), service.show_again, _("Show it again"), about
    )


@bp.get("/desk/hours")
@allow(Role.BROKER)
def hours_queue():
    """Opening hours that could not be read."""
    area, after = current_area(), request.args.get("after", 0, type=row_id)
    found = queries.hours_page(area, after, queries.PAGE + 1)
    return render_template(
        "locating/hours_queue.html",
        found=found[: queries.PAGE],
        more=found[queries.PAGE - 1].id if len(found) > queries.PAGE else None,
        total=queries.count_without_hours(area),
    )


@bp.route("/desk/hours/<int:asset_id>", methods=["GET", "POST"])
@allow(Role.BROKER)
def hours(asset_id: int):
    """A person reads what the portal could not."""
    area = current_area()
    asset = queries.asset_of(area, asset_id)
    form = forms.HoursForm(asset.hours_text or "")
    if form.validate_on_submit() and attempt(
        form, service.set_hours, me().id, asset_id, form.week, shown=form.shown.data
    ):
        flash(_("The hours of %(name)s are in the register.", name=asset.name))
        following = queries.hours_page(area, asset_id, 1) or queries.hours_page(area, 0, 1)
        if not following:
            return redirect(url_for("locating.hours_queue"))
        return redirect(url_for("locating.hours", asset_id=following[0].id))
    asset = queries.asset_of(area, asset_id)
    form.shown.data = queries.version_of(asset)
    stuck = not_understood(asset.hours_text or "")
    return render_form("locating/hours.html", form, asset=asset, stuck=stuck, days=forms.DAY_FIELDS)


def _with_reason(asset_id: int, form: Any, call: Any, title: str, about: str) -> Any:
    queries.asset_of(current_area(), asset_id)
    if form.validate_on_submit() and attempt(
        form, call, me().id, asset_id, why=form.why.data or "", shown=form.shown.data
    ):
        flash(_("Done."))
        return redirect(_url("locating.one", asset_id=asset_id))
    return _act(form, asset_id, title, about, title)


def _act(form: Form, asset_id: int, title: str, about: str, button: str) -> tuple[str, int]:
    """One form about an asset, as it stands now."""
    asset = queries.asset_of(current_area(), asset_id)
    form.shown.data = queries.version_of(asset)
    context = {"asset": asset, "title": title, "about": about, "button": button, "url": _url}
    context["parts"] = forms.in_order(form)
    return render_form("locating/act.html", form, **context, address=page.address)


def _asked() -> Filter:
    doubt = request.args.get("reason", type=Doubt)
    return Filter(doubt, request.args.get("holder", type=row_id))


def _url(endpoint: str, **values: Any) -> str:
    """An address that keeps the part of the queue that is worked on."""
    asked = _asked()
    kept = {"reason": asked.doubt and asked.doubt.value, "holder": asked.holder_id}
    return url_for(endpoint, **kept | values)


def _on(area: Area, key: Key | None) -> Response:
    """To the next in the queue; to the queue itself when this was the last."""
    following = queries.next_after(area, _asked(), key)
    if following is None:
        return redirect(_url("locating.queue"))
    return redirect(_url("locating.one", asset_id=following.id))
