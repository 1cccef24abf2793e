"""Pages: find a room, ask for it, and a let with what each side can do."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from portal import clock
from portal.areas.queries import current_area
from portal.errors import BadInput
from portal.lettings import closures as _closures  # noqa: F401 - it tells closures of lets
from portal.lettings import doors, forms, queries, rules, service, table, walltime, words
from portal.lettings import week as weeks
from portal.lettings.acts import ACTS
from portal.lettings.dates import words as dates
from portal.lettings.finding import links, pages
from portal.lettings.finding.forms import FindForm
from portal.lettings.models import Let
from portal.lettings.paying import acts as deposit_acts  # noqa: F401 - it adds its pages to ACTS
from portal.lettings.rules import Action, Insurance, Wish
from portal.limits import limited
from portal.people import queries as people
from portal.people import service as people_service
from portal.people.access import PUBLIC, SIGNED_IN, allow, to_confirm
from portal.people.rules import GroupKind
from portal.register.doors import Door, aside, door
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.venues import queries as venues
from portal.venues import words as venue_words
from portal.web import attempt, page_with, render_form, row_id, told

bp = Blueprint("lettings", __name__)

FIRST_YEAR, LAST_YEAR = 2000, 2200
SEVEN = timedelta(days=7)
# A request that a standing approval of the holder fits is answered at once.
ASKED = {
    rules.LetState.REQUESTED: _l(
        "You have asked for the room. The broker has a letter and answers you."
    )
}
HELD = _l("The room is held for you on every date: its holder had agreed to lets like yours.")
WHOLE = [action.value for action in ACTS]


@door
def ask_for_it(asset: Asset) -> list[Door]:
    """On the page of a room: ask for it."""
    if asset.kind is not Kind.ROOM:
        return []
    label = _("Ask for this room")
    hint = _("Say when you need it; we tell you whether it is free for the whole time.")
    booked = _("When it is booked")
    return [
        Door(label, url_for("lettings.find", room=asset.id), hint),
        Door(booked, url_for("lettings.week", room_id=asset.id), _("Week by week.")),
    ]


@bp.get("/rooms")
@allow(PUBLIC)
def index():
    return redirect(page_with("lettings.find", request.args.to_dict(flat=False)))


@bp.get("/rooms/find")
@limited("search")
@allow(PUBLIC)
def find():
    form = FindForm(current_area())
    room = queries.room_of(only) if (only := request.args.get("room", type=row_id)) else None
    # A link may bring a place or a room along; answers to check come with a day.
    if "day" not in request.args or not form.validate():
        return render_form("lettings/find.html", form, room=room)
    return render_template("lettings/found.html", form=form, **pages.found(form, room))


@bp.get("/rooms/<int:room_id>/week")
@allow(PUBLIC)
def week(room_id: int):
    """When a room is booked: the public sees that it is, never by whom."""
    room = queries.room_of(room_id)
    monday = walltime.monday_of(request.args.get("from", clock.today(), type=_day))
    others = (monday - SEVEN, monday + SEVEN)
    return render_template("lettings/week.html", **_week(room, monday), others=others)


@aside
def this_week(asset: Asset) -> Markup | None:
    """On the page of a room: its week as a picture, what it costs and what is in it."""
    if asset.kind is not Kind.ROOM:
        return None
    monday = walltime.monday_of(clock.today())
    return Markup(render_template("lettings/this_week.html", **_week(asset, monday)))  # noqa: S704 - a template of ours


def _week(room: Asset, monday: date) -> dict[str, Any]:
    days = weeks.days_of(room, monday)
    return {
        "room": room,
        "monday": monday,
        "rows": weeks.rows(days),
        "picture": weeks.picture(days),
        "prices": venue_words.prices(room, venues.rates_of(room.id)),
        "access": venue_words.access(room),
        "inside": venue_words.inside(room),
    }


@bp.route("/rooms/<int:room_id>/ask", methods=["GET", "POST"])
@allow(SIGNED_IN)
def ask(room_id: int):
    room = queries.room_of(room_id)
    need = FindForm(current_area())
    if not need.validate():
        again = request.args.to_dict(flat=False) | {"room": [str(room_id)]}
        return redirect(page_with("lettings.find", again))
    try:
        wish, elsewhere = links.chosen(need.wish, request.args)
    except BadInput as cut:
        flash(told(cut), "error")
        return redirect(page_with("lettings.find", links.need_of(request.args)))
    form = forms.AskForm(people.groups_of(people.me()), wish.group_kind)
    if form.validate_on_submit() and (let := _ask(form, room_id, wish, elsewhere)):
        flash(str(ASKED.get(let.state, HELD)))
        return redirect(url_for("lettings.let", let_id=let.id))
    return render_form(
        "lettings/ask.html", form, **pages.asked_for(room, wish, elsewhere), room=room
    )


@bp.get("/lets")
@allow(SIGNED_IN)
def lets():
    return render_template(
        "lettings/lets.html",
        lets=queries.my_lets(people.me()),
        term=lambda let: words.term(queries.wish_of(let.need)),
    )


@bp.get("/lets/<int:let_id>")
@allow(SIGNED_IN)
def let(let_id: int):
    found, roles = queries.let_for(current_user, let_id)
    facts = queries.facts_of(found)
    actions = table.open_to(found.state, roles, facts)
    return render_template(
        "lettings/let.html",
        let=found,
        facts=words.facts(found),
        next=words.what_next(found, facts),
        acts=[(action.value, ACTS[action]) for action in actions if action.value in WHOLE],
        dates=dates.shown(found, actions),
        events=words.events(found),
        rivals=_rivals(found),
        parts=doors.parts_of(found, people.me(), roles),
    )


@bp.route(f"/lets/<int:let_id>/<any({','.join(WHOLE)}):name>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def act(let_id: int, name: str):
    return _act(Action(name), let_id)


def _day(text: str) -> date:
    """A date in an address; ValueError for one that no calendar of ours shows."""
    day = date.fromisoformat(text)
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise ValueError(text)
    return day


def _act(action: Action, let_id: int, *more: int):
    """Any action on a let: load, check, form, one call, back to the let."""
    found, roles = queries.let_for(current_user, let_id)
    how = ACTS[action]
    if how.fresh and (first := to_confirm()):
        return first
    form = how.form(**forms.known(found))
    if form.validate_on_submit():
        if attempt(form, how.call, current_user.id, let_id, *more, **forms.said(form)):
            flash(str(how.done))
            return redirect(url_for("lettings.let", let_id=let_id))
    else:
        table.step_for(found.state, action, roles, queries.facts_of(found))
    return render_form(
        "lettings/act.html",
        form,
        let=found,
        act=how,
        facts=words.facts(found),
        rivals=_rivals(found) if action is Action.APPROVE else 0,
        warnings=doors.warnings_of(found) if action is Action.APPROVE else [],
        date=next((o.on for o in found.occurrences if o.id in more), None),
    )


def _ask(form: forms.AskForm, room_id: int, wish: Wish, elsewhere: dict[date, int]) -> Let | None:
    """Ask, after starting the group if the person has none yet."""
    group_id = group_of(form)
    return group_id and attempt(
        form,
        service.ask,
        current_user.id,
        room_id,
        group_id,
        wish,
        insurance=Insurance(form.insurance.data),
        safeguarding=form.safeguarding.data,
        note=form.note.data or "",
        elsewhere=elsewhere,
    )


def group_of(form: forms.AskForm) -> int | None:
    """The group that was chosen, or one started with the name that was written; that one stays whatever comes."""
    if "group" in form:
        return form.group.data
    group = attempt(
        form,
        people_service.start_group,
        current_user.id,
        name=form.name.data,
        kind=GroupKind(form.kind.data),
        private=form.private.data,
    )
    return group and group.id


def _rivals(found: Let) -> int:
    """How many other requests wait for the same room at the same times, as long as nothing is held."""
    if found.state is not rules.LetState.REQUESTED:
        return 0
    spans = [(o.starts, o.ends) for o in found.occurrences if queries.is_ahead(o)]
    return queries.others_asking([found.room_id], spans, but=found.id).get(found.room_id, 0)
