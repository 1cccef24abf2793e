"""Pages of a holder: its rooms, standing approvals, blockings, the way in, keys."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal.errors import NotFound
from portal.lettings.hosting import (
    agenda,
    blocking,
    entry,
    forms,
    keys,
    openers,
    parts,
    standing,
    views_feeds,
    views_lets,
    week,
    words,
)
from portal.lettings.hosting.access import holder_of, holders_of, opened_by, places_of, run_place
from portal.lettings.hosting.blueprint import bp
from portal.lettings.paying import usual
from portal.lettings.words import local
from portal.people.access import SIGNED_IN, allow
from portal.people.queries import me
from portal.register.rules import Kind
from portal.web import EXPIRED, Form, attempt, render_form

__all__ = ["bp", "parts", "views_feeds", "views_lets"]


@bp.get("/hosting")
@allow(SIGNED_IN)
def index():
    holders = holders_of(me())
    if not holders and not opened_by(me()):
        raise NotFound(
            "not-a-host", "You run and open no rooms here. Ask your broker if you should."
        )
    return render_template("lettings/hosting/index.html", holders=holders)


@bp.get("/hosting/week")
@allow(SIGNED_IN)
def week_of():
    """Today and this week, with the keys: for the broker, officers and keyholders."""
    user = me()
    if not holders_of(user) and not opened_by(user):
        raise NotFound(
            "not-a-host", "You run and open no rooms here. Ask your broker if you should."
        )
    return render_template(
        "lettings/hosting/week.html",
        days=week.by_day(user),
        out=keys.out_now(user),
        is_overdue=keys.is_overdue,
        places=week.places(user),
        unopened=[f"{local(d.starts)}, {agenda.where(d.room)}" for d in openers.without(user)],
    )


@bp.get("/hosting/<int:holder_id>")
@allow(SIGNED_IN)
def holder(holder_id: int):
    found = holder_of(me(), holder_id)
    places = places_of(found.id)
    notes = entry.at_places([place.id for place in places])
    return render_template(
        "lettings/hosting/holder.html",
        holder=found,
        places=[(place, notes.get(place.id)) for place in places],
        deposits=usual.of_rooms([place.id for place in places]),
        is_room=lambda place: place.kind is Kind.ROOM,
        approvals=sum(rule.ended_at is None for rule in standing.of_holder(found.id)),
        blockings=[(row, words.blocked(row)) for row in blocking.of_holder(found.id)],
    )


@bp.get("/hosting/<int:holder_id>/approvals")
@allow(SIGNED_IN)
def approvals(holder_id: int):
    found = holder_of(me(), holder_id)
    return render_template(
        "lettings/hosting/approvals.html",
        holder=found,
        rules=[(rule, words.approval(rule)) for rule in standing.of_holder(found.id)],
    )


@bp.route("/hosting/<int:holder_id>/approvals/new", methods=["GET", "POST"])
@allow(SIGNED_IN)
def new_approval(holder_id: int):
    found = holder_of(me(), holder_id)
    form = forms.ApprovalForm(places_of(found.id))
    if form.validate_on_submit() and attempt(form, standing.add, me().id, found.id, form.rule()):
        flash(_("From now on requests that fit are approved at once."))
        return redirect(url_for("hosting.approvals", holder_id=found.id))
    return render_form("lettings/hosting/approval.html", form, holder=found)


@bp.post("/hosting/<int:holder_id>/approvals/<int:rule_id>/end")
@allow(SIGNED_IN)
def end_approval(holder_id: int, rule_id: int):
    found = holder_of(me(), holder_id)
    if Form().validate_on_submit():
        standing.end(me().id, found.id, rule_id)
        flash(_("Ended. What it has approved stays; new requests wait for the broker."))
    else:
        flash(str(EXPIRED), "error")
    return redirect(url_for("hosting.approvals", holder_id=found.id))


@bp.route("/hosting/rooms/<int:room_id>/block", methods=["GET", "POST"])
@allow(SIGNED_IN)
def block(room_id: int):
    room = run_place(me(), room_id)
    if room.kind is not Kind.ROOM:
        raise NotFound("no-place", "There is no such room here, or it is not yours to run.")
    form = forms.BlockForm()
    if form.validate_on_submit():
        said = {"why": form.why.data}
        if made := attempt(form, blocking.block, me().id, room_id, form.stretch(), **said):
            flash(_("Blocked. Everybody else sees “booked”."))
            return redirect(url_for("hosting.blocked", blocking_id=made.id))
    return render_form("lettings/hosting/block.html", form, room=room)


@bp.get("/hosting/blockings/<int:blocking_id>")
@allow(SIGNED_IN)
def blocked(blocking_id: int):
    row = blocking.of_room(me(), blocking_id)
    return render_template(
        "lettings/hosting/blocked.html",
        row=row,
        when=words.blocked(row),
        staying=[(date, local(date.starts)) for date in blocking.staying(row)],
    )


@bp.post("/hosting/blockings/<int:blocking_id>/lift")
@allow(SIGNED_IN)
def lift(blocking_id: int):
    row = blocking.of_room(me(), blocking_id)
    if not Form().validate_on_submit():
        flash(str(EXPIRED), "error")
        return redirect(url_for("hosting.blocked", blocking_id=blocking_id))
    holder_id = row.room.holder_id
    blocking.lift(me().id, blocking_id)
    flash(_("Lifted. The room can be let again in that time."))
    return redirect(url_for("hosting.holder", holder_id=holder_id))


@bp.route("/hosting/places/<int:place_id>/way-in", methods=["GET", "POST"])
@allow(SIGNED_IN)
def write_way_in(place_id: int):
    place = entry.place_for(me(), place_id)
    note = entry.at_place(place_id)
    form = forms.EntryForm(words=note and note.words, version=str(note.version if note else 0))
    if form.validate_on_submit():
        said = {"words": form.words.data or "", "version": form.read_version()}
        if attempt(form, entry.write, me().id, place_id, **said):
            flash(_("Saved. From this moment on everybody who may read it reads this."))
            return redirect(url_for("hosting.write_way_in", place_id=place_id))
    return render_form("lettings/hosting/entry.html", form, place=place, note=note)
