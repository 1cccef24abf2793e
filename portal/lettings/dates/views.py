"""Pages: change single dates of a let, say on the day who came, and keep a room that stood empty."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.errors import NotFound
from portal.lettings import queries, table
from portal.lettings import words as let_words
from portal.lettings.dates import choices, forms, service, views_figures, views_waiting, words
from portal.lettings.dates import queries as reads
from portal.lettings.dates.blueprint import bp
from portal.lettings.hosting import agenda
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import LONGEST_TERM_DAYS, Action
from portal.people import queries as people
from portal.people.access import SIGNED_IN, allow
from portal.people.rules import Role
from portal.web import Form, attempt, render_form

__all__ = ["bp", "views_figures", "views_waiting"]

CALLS = {
    "give-up": service.release,
    "take-back": service.take_back,
    "cancel": service.cancel,
}
DONE = {
    "give-up": _l("Given up. The room is for others then. You can take a date back as long as nobody else has it."),
    "take-back": _l("Taken back. The room is yours then."),
    "cancel": _l("Cancelled. The group has a letter with your reason and with other rooms."),
}  # fmt: skip


@bp.route(
    "/lets/<int:let_id>/dates/<any('give-up', 'take-back', cancel):deed>", methods=["GET", "POST"]
)
@allow(SIGNED_IN)
def together(let_id: int, deed: str):
    """Several dates at once, by ticking boxes; a button on one date's page names just that one."""
    let, actions, _roles = _let(let_id)
    ready = words.ready(deed, words.shown(let, actions).rows)
    form = forms.FORMS[deed](ready, ticked=request.args.get("date", type=int))
    if form.validate_on_submit():
        if attempt(form, CALLS[deed], people.me().id, let_id, form.dates.data, **forms.said(form)):
            flash(str(DONE[deed]))
            return redirect(url_for("lettings.let", let_id=let_id))
    elif not ready:
        _refuse(let, deed)
    return render_form("lettings/dates/together.html", form, let=let, deed=deed, ready=ready)


@bp.get("/lets/<int:let_id>/dates/<int:date_id>")
@allow(SIGNED_IN)
def one(let_id: int, date_id: int):
    """One date and what can be done with it."""
    let, actions, _roles = _let(let_id)
    row = words.row(_date(let, date_id), actions)
    return render_template(
        "lettings/dates/one.html", let=let, row=row, may=[a.value for a in row.may]
    )


@bp.route("/lets/<int:let_id>/dates/<int:date_id>/move", methods=["GET", "POST"])
@allow(SIGNED_IN)
def move(let_id: int, date_id: int):
    """Free times that day and free rooms nearby; another day can be asked for."""
    let, _actions, roles = _let(let_id)
    moving = _date(let, date_id)
    table.step_for(let.state, Action.MOVE, roles, queries.facts_of(let))
    service.check(moving, Action.MOVE)
    day = forms.DayForm(on=moving.on)
    on = _on(day, moving)
    times = choices.same_room(moving, on, clock.now())
    rooms = choices.other_rooms(moving, on, clock.now(), roles)
    form = forms.MoveForm(times, rooms)
    if form.validate_on_submit() and _moved(form, let_id, date_id, on):
        flash(_("Moved. Everybody concerned has a letter."))
        return redirect(url_for("lettings.let", let_id=let_id))
    return render_form(
        "lettings/dates/move.html",
        form,
        let=let,
        row=words.row(moving, ()),
        day=day,
        on=on,
        times=len(times),
    )


@bp.get("/lets/today")
@allow(SIGNED_IN)
def today():
    """Who comes today: one tap says whether they came."""
    dates = [_day_card(one) for one in reads.near_dates(people.me())]
    return render_template("lettings/dates/today.html", dates=dates, form=forms.AttendForm())


@bp.route("/lets/<int:let_id>/dates/<int:date_id>/attended", methods=["GET", "POST"])
@allow(SIGNED_IN)
def attended(let_id: int, date_id: int):
    """Whether the group came: for the group, and for whoever runs or opens the room."""
    found = reads.date_for(people.me(), let_id, date_id)
    form = forms.AttendForm(people=found.people_came)
    if form.validate_on_submit():
        came = form.came.data == "yes"
        call = (service.attend, people.me().id, let_id, date_id)
        if attempt(form, *call, came=came, people=form.people.data):
            flash(_("Thank you. You can correct it until the end of tomorrow."))
            return redirect(url_for("dates.today"))
    return render_form("lettings/dates/attended.html", form, **_day_card(found))


@bp.route("/lets/<int:let_id>/keep", methods=["GET", "POST"])
@allow(SIGNED_IN)
def keep(let_id: int):
    """The room stood empty three times; the group says that it still needs it."""
    let, _actions, roles = _let(let_id)
    form = Form()
    if form.validate_on_submit():
        if attempt(form, service.keep, people.me().id, let_id):
            flash(_("Thank you. The room stays yours."))
            return redirect(url_for("lettings.let", let_id=let_id))
    else:
        table.step_for(let.state, Action.KEEP, roles, queries.facts_of(let))
    return render_form("lettings/dates/keep.html", form, let=let, last=words.last_day(let))


def _let(let_id: int) -> tuple[Let, list[Action], set[Role]]:
    """The let, and what the reader may do with it and is to it."""
    let, roles = queries.let_for(people.me(), let_id)
    return let, table.open_to(let.state, roles, queries.facts_of(let)), roles


def _date(let: Let, date_id: int) -> Occurrence:
    found = next((one for one in let.occurrences if one.id == date_id), None)
    if found is None:
        raise NotFound("no-date", "There is no such date in this let.")
    return found


def _refuse(let: Let, deed: str) -> None:
    """There is no date with which this can be done: say why, as the table does."""
    roles = queries.roles_towards(people.me(), let)
    action = next(
        a for a in words.DEEDS[deed] if a is not Action.SKIP or let.state in service.CHOOSING
    )
    table.step_for(let.state, action, roles, queries.facts_of(let))
    raise NotFound("no-date", "There is no date with which this can be done now.")


def _on(day: forms.DayForm, moving: Occurrence) -> date:
    """The day that was asked for, or the date's own."""
    asked = any(name.startswith("on-") for name in request.args)
    if (
        asked
        and day.validate()
        and day.on.data
        and 0 <= (day.on.data - clock.today()).days <= LONGEST_TERM_DAYS
    ):
        return day.on.data
    if asked and not day.on.errors:
        day.on.errors = [_("Choose a day from today on, within a year.")]
    return moving.on


def _moved(form: forms.MoveForm, let_id: int, date_id: int, on: date) -> object:
    place = form.place()
    if place is None:
        form.to.errors = [_("Choose one of the answers shown.")]
        return None
    room_id, begins = place
    call = (service.move, people.me().id, let_id, date_id)
    return attempt(form, *call, room_id=room_id, on=on, begins=begins)


def _day_card(found: Occurrence) -> dict[str, object]:
    """What the page for the day shows of a date."""
    let = found.let
    roles = queries.roles_towards(people.me(), let)
    facts = service.facts_of(found)
    return {
        "let": let,
        "date": found,
        "row": words.row(found, (Action.CAME, Action.NOBODY_CAME)),
        "room": found.room,
        "address": let_words.address(found.room),
        "today": found.on == clock.today(),
        "begun": not facts.ahead,
        "ours": Role.ORGANISER in roles,
        "who": let.group.name if roles else agenda.who(let),
    }
