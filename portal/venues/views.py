"""Pages of those who keep a building or a room: hours, what is in it, prices, access; rooms to add and halls to divide."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.locating.queries import history_of
from portal.locating.words import events
from portal.people import queries as people
from portal.people.access import SIGNED_IN, allow
from portal.register.doors import Door, door
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.register.sources import sources_of
from portal.venues import forms, forms_week, queries, service, views_opening, weekly, words
from portal.venues.blueprint import bp
from portal.web import Form, attempt, render_form

__all__ = ["bp", "views_opening"]

LAST_CHANGES = 10


@door
def keep_it(asset: Asset) -> list[Door]:
    """On the page of a building or room, for those who keep it."""
    if asset.kind is Kind.LAND or not queries.keeps(current_user, asset.holder_id):
        return []
    hint = _("When it opens, what it costs, who opens, what is in it.")
    url = url_for("venues.one", asset_id=asset.id)
    return [Door(_("Hours, prices and access"), url, hint)]


@bp.get("/venues/<int:asset_id>")
@allow(SIGNED_IN)
def one(asset_id: int):
    """All that is said of how a place is let, and the ways to change it."""
    asset = _place(asset_id)
    said = sources_of(asset)
    return render_template(
        "venues/one.html",
        asset=asset,
        is_room=asset.kind is Kind.ROOM,
        may_divide=asset.kind is Kind.ROOM and not asset.parts and _in_building(asset),
        hours=[
            (which, label, words.hours(getattr(asset, column)), words.source(said.get(column)))
            for which, label, column in _hours_of(asset)
        ],
        prices=words.prices(asset, queries.rates_of(asset.id)),
        access=words.access(asset),
        inside=words.inside(asset),
        buffers=words.buffers(asset),
        when=words.WHEN[asset.hire_when] if asset.hire_when else words.WHEN[words.HireWhen.ALWAYS],
        nobody_opens=_needs_somebody(asset),
        opened_by=words.opened_by(asset, queries.who_opens(asset)),
        changes=list(events(history_of(asset.id)[:LAST_CHANGES])),
    )


@bp.route("/venues/<int:asset_id>/hours/<any(public,hire):which>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def hours(asset_id: int, which: str):
    """The week as a table."""
    column = words.WHICH[which]
    text = getattr(_place(asset_id), column)
    week = weekly.read(text) if text else None
    sent = forms_week.copied(request.form) if "copy" in request.form else None
    form = forms_week.WeekForm(week, sent)
    if sent is None and form.validate_on_submit() and _set_week(form, asset_id, column):
        flash(_("The hours are saved."))
        return redirect(url_for("venues.one", asset_id=asset_id))
    return _hours_page("venues/hours.html", form, asset_id, which, weekly_text=week is not None)


@bp.route("/venues/<int:asset_id>/hours/<any(public,hire):which>/text", methods=["GET", "POST"])
@allow(SIGNED_IN)
def hours_text(asset_id: int, which: str):
    """The hours as text, for those who know how it is written."""
    column = words.WHICH[which]
    form = forms.TextForm(text=getattr(_place(asset_id), column))
    if form.validate_on_submit() and attempt(
        form, service.set_hours, current_user.id, asset_id, column, form.text.data or None, shown=form.shown.data
    ):  # fmt: skip
        flash(_("The hours are saved."))
        return redirect(url_for("venues.one", asset_id=asset_id))
    return _hours_page("venues/hours_text.html", form, asset_id, which)


@bp.route("/venues/<int:asset_id>/details", methods=["GET", "POST"])
@allow(SIGNED_IN)
def details(asset_id: int):
    form = forms.DetailsForm(_place(asset_id))
    values = form.said() if form.validate_on_submit() else {}
    if values and attempt(
        form, service.set_values, current_user.id, asset_id, values, shown=form.shown.data
    ):
        return _saved(asset_id)
    columns = [f.name for f in form if f.name not in ("csrf_token", "shown")]
    title = _("What the room is like")
    asset = _place(asset_id)
    if asset.kind is Kind.BUILDING:
        title = _("In which part of the year its rooms are let")
    form.shown.data = queries.mark(asset, columns)
    return _form(form, asset, title, _("Groups read this when they look for a room."))


@bp.route("/venues/<int:asset_id>/prices", methods=["GET", "POST"])
@allow(SIGNED_IN)
def prices(asset_id: int):
    asset = _place(asset_id)
    rates = {f"rate_{k.value}": pence for k, pence in queries.rates_of(asset_id).items()}
    form = forms.PricesForm(standard=asset.price_pence_hour, **rates)
    if form.validate_on_submit() and attempt(
        form, service.set_prices, current_user.id, asset_id, form.standard.data, form.rates(), shown=form.shown.data
    ):  # fmt: skip
        return _saved(asset_id)
    asset = _place(asset_id)
    form.shown.data = queries.mark_of_prices(asset)
    about = _("Below the price, what a kind of group pays instead. 0 is free; an empty box is the price.")  # fmt: skip
    rows = words.prices(asset, queries.rates_of(asset_id))
    return _form(form, asset, _("What an hour costs"), about, now=rows)


@bp.route("/venues/<int:asset_id>/access", methods=["GET", "POST"])
@allow(SIGNED_IN)
def access(asset_id: int):
    form = forms.AccessForm()
    if form.validate_on_submit() and attempt(
        form, service.set_access, current_user.id, asset_id, form.seen(), form.on.data
    ):
        return _saved(asset_id)
    asset = _place(asset_id)
    about = _("Say only what somebody has looked at. Each answer is shown with its day and with who says so.")  # fmt: skip
    return _form(form, asset, _("Access"), about, now=words.access(asset))


@bp.route("/venues/<int:asset_id>/room", methods=["GET", "POST"])
@allow(SIGNED_IN)
def add_room(asset_id: int):
    form = forms.RoomForm()
    if form.validate_on_submit() and (
        room := attempt(
            form, service.add_room, current_user.id, asset_id, form.name.data, form.capacity.data
        )
    ):
        return _saved(room.id)
    about = _("Then say when it can be hired, what it costs and what is in it.")
    return _form(form, _place(asset_id), _("Add a room"), about)


@bp.route("/venues/<int:asset_id>/divide", methods=["GET", "POST"])
@allow(SIGNED_IN)
def divide(asset_id: int):
    form = forms.DivideForm()
    if form.validate_on_submit() and attempt(
        form, service.divide, current_user.id, asset_id, form.halves()
    ):
        return _saved(asset_id)
    about = _("Each half can be let by itself, or both as the whole hall. What is booked in the hall stays booked, in both halves. A half costs what the hall costs until you say otherwise.")  # fmt: skip
    return _form(form, _place(asset_id), _("Divide it into halves"), about)


def _place(asset_id: int) -> Asset:
    return queries.place_for(people.me(), asset_id)


def _in_building(room: Asset) -> bool:
    return room.parent is None or room.parent.kind is Kind.BUILDING


def _needs_somebody(asset: Asset) -> bool:
    """Whether a room has hours in which nobody lets people in: then those hours help no group."""
    if asset.kind is not Kind.ROOM or asset.opener or queries.who_opens(asset):
        return False
    above = (asset.parent, asset.parent and asset.parent.parent)
    return bool(asset.hire_hours) and not any(place and place.opener for place in above)


def _hours_of(asset: Asset) -> list[tuple[str, Any, str]]:
    """Public hours are a building's; hire hours those of a room, or of all rooms of a building that say none."""
    which = ("hire",) if asset.kind is Kind.ROOM else ("public", "hire")
    return [(one, words.HOURS[one], words.WHICH[one]) for one in which]


def _set_week(form: forms_week.WeekForm, asset_id: int, column: str) -> Any:
    """Save the table; a week that is too long for its column is refused like any rule."""

    def save() -> Asset:
        text = weekly.write(form.week())
        return service.set_hours(current_user.id, asset_id, column, text, shown=form.shown.data)

    return attempt(form, save)


def _hours_page(template: str, form: Any, asset_id: int, which: str, **more: Any) -> Any:
    asset = _place(asset_id)
    column = words.WHICH[which]
    form.shown.data = queries.mark(asset, [column])
    text = getattr(asset, column)
    more |= {"text": text, "now": words.hours(text), "title": words.HOURS[which]}
    return render_form(template, form, asset=asset, which=which, **more)


def _saved(asset_id: int) -> Any:
    flash(_("Saved. No list that is read in later changes it."))
    return redirect(url_for("venues.one", asset_id=asset_id))


def _form(form: Form, asset: Asset, title: str, about: str, **more: Any) -> Any:
    """A form about a place."""
    back = url_for("venues.one", asset_id=asset.id)
    return render_form(
        "venues/form.html", form, place=asset.name, back=back, title=title, about=about, **more
    )
