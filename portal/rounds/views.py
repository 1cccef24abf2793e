"""Pages of rounds: what they are, what a group asks for, and the broker's table of who gets what."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from portal.lettings import words as let_words
from portal.lettings.rules import Insurance
from portal.lettings.views import group_of
from portal.people import queries as people
from portal.people.access import PUBLIC, SIGNED_IN, allow, area_roles
from portal.people.models import Group, User
from portal.people.queries import me
from portal.people.rules import Role
from portal.rounds import asking, choosing, forms, queries, rules, words
from portal.rounds.models import Request
from portal.rounds.rules import RoundState
from portal.web import Form, attempt, render_form, row_id

bp = Blueprint("rounds", __name__)
bp.add_app_template_global(queries.open_rounds, "open_rounds")
for name in ("at", "when", "dates_of", "price", "why", "stands"):
    bp.add_app_template_filter(getattr(words, name), f"round_{name}")

bp.add_app_template_filter(let_words.say, "say")


def _user():
    return me() if current_user.is_authenticated else None


@bp.get("/rounds")
@allow(PUBLIC)
def index():
    return render_template("rounds/list.html", rounds=queries.rounds(), broker=_is_broker())


@bp.get("/rounds/<int:round_id>")
@allow(PUBLIC)
def one(round_id: int):
    there, user = queries.round_of(round_id), _user()
    mine = queries.mine(round_id, user)
    return render_template(
        "rounds/one.html",
        round=there,
        mine=mine,
        others=_not_yet(user, mine),
        broker=_is_broker(),
        may_ask=there in queries.open_rounds(),
        published=there.state is RoundState.PUBLISHED,
    )


def _not_yet(user: User | None, mine: list[Request]) -> list[Group]:
    """The groups of somebody that ask for nothing in a round so far."""
    asking_now = {one.group_id for one in mine}
    return [group for group in people.groups_of(user) if group.id not in asking_now] if user else []


def _is_broker() -> bool:
    return Role.BROKER in area_roles()


# ---- a group


@bp.route("/rounds/<int:round_id>/ask", methods=["GET", "POST"])
@allow(SIGNED_IN)
def ask(round_id: int):
    there = queries.round_of(round_id)
    mine = queries.mine(round_id, me())
    group = request.args.get("group", type=row_id)
    before = next((r for r in mine if r.group_id == group), None)
    groups = [before.group] if before else _not_yet(me(), mine)
    if mine and not groups:
        return redirect(url_for("rounds.one", round_id=round_id))
    form = forms.RequestForm(groups, before)
    if form.validate_on_submit() and (made := _ask(form, round_id)):
        return redirect(url_for("rounds.wishes", request_id=made.id))
    return render_form("rounds/ask.html", form, round=there, before=before)


def _ask(form: forms.RequestForm, round_id: int) -> Request | None:
    """Ask, after starting the group if the person has none yet."""
    group_id = group_of(form)
    return group_id and attempt(
        form,
        asking.ask,
        current_user.id,
        round_id,
        group_id,
        need=form.need,
        times=form.times.data,
        insurance=Insurance(form.insurance.data),
        safeguarding=form.safeguarding.data,
    )


@bp.get("/rounds/requests/<int:request_id>")
@allow(SIGNED_IN)
def wishes(request_id: int):
    """What a group has named, in its order; and, for a time of the week, the rooms that would do."""
    mine = queries.request_for(me(), request_id)
    form = forms.WhenForm()
    asked = "starts" in request.args and form.validate()
    at = (form.day.data, form.starts.data, form.ends.data) if asked else None
    return render_form(
        "rounds/wishes.html", form, **_about(mine), at=at, rooms=choosing.rooms_at(mine, at)
    )


def _when() -> forms.WhenForm:
    """The questions about a time of the week, with nothing answered."""
    return forms.WhenForm(MultiDict())


def _about(mine: Request) -> dict[str, Any]:
    there = mine.round
    return {
        "asked": mine,
        "round": there,
        "most": rules.MOST_WISHES,
        "open": there in queries.open_rounds(),
    }


@bp.post("/rounds/requests/<int:request_id>/wishes")
@allow(SIGNED_IN)
def add_wish(request_id: int):
    mine = queries.request_for(me(), request_id)
    form, when = Form(), forms.WhenForm(request.form)
    room = request.form.get("room", type=row_id)
    if form.validate_on_submit() and room and when.validate():
        at = (when.day.data, when.starts.data, when.ends.data)
        if attempt(form, asking.add_wish, current_user.id, request_id, room, *at):
            flash(_("It is on your list. The other rooms for that time are still below."))
            again = {name: request.form[name] for name in ("day", "starts", "ends")}
            return redirect(url_for("rounds.wishes", request_id=request_id, **again))
    return render_form("rounds/wishes.html", form, **_about(mine), when=when, at=None, rooms=[])


@bp.post("/rounds/requests/<int:request_id>/wishes/<int:wish_id>/<any(raise,drop):what>")
@allow(SIGNED_IN)
def change_wish(request_id: int, wish_id: int, what: str):
    mine, form = queries.request_for(me(), request_id), Form()
    call = asking.raise_wish if what == "raise" else asking.drop_wish
    if form.validate_on_submit() and attempt(form, call, current_user.id, request_id, wish_id):
        return redirect(url_for("rounds.wishes", request_id=request_id))
    return render_form("rounds/wishes.html", form, **_about(mine), when=_when(), at=None, rooms=[])


@bp.route("/rounds/requests/<int:request_id>/leave", methods=["GET", "POST"])
@allow(SIGNED_IN)
def leave(request_id: int):
    mine = queries.request_for(me(), request_id)
    round_id, form = mine.round_id, Form()
    if form.validate_on_submit() and attempt(form, asking.step_back, current_user.id, request_id):
        flash(_("You ask for nothing in this round any more."))
        return redirect(url_for("rounds.one", round_id=round_id))
    return render_form("rounds/leave.html", form, **_about(mine))
