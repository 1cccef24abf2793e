"""The broker's pages of a round: its table of who asks for what and gets what."""

from collections.abc import Callable
from datetime import time
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from portal.lettings import search
from portal.lettings import words as let_words
from portal.lettings.forms import said
from portal.people.access import allow
from portal.people.rules import Role
from portal.rounds import choosing, forms, publishing, queries, rules, service, words
from portal.web import Form, attempt, render_form, row_id

bp = Blueprint("round_desk", __name__)


@bp.route("/rounds/new", methods=["GET", "POST"])
@allow(Role.BROKER)
def new():
    form = forms.RoundForm()
    if form.validate_on_submit() and (
        made := attempt(form, service.open_round, current_user.id, **said(form))
    ):
        flash(_("The round is open. Tell the groups that you know."))
        return redirect(url_for("round_desk.desk", round_id=made.id))
    return _page(
        form,
        _("Open a round"),
        _("Groups can ask as soon as you have opened it."),
        _("Open the round"),
    )


def _page(form: Form, title: Any, about: Any, button: Any, **more: Any) -> Any:
    """One form of the broker, with its words."""
    return render_form("rounds/form.html", form, title=title, about=about, button=button, **more)


@bp.get("/rounds/<int:round_id>/desk")
@allow(Role.BROKER)
def desk(round_id: int):
    return render_template("rounds/desk.html", **_desk(round_id), form=Form())


def _desk(round_id: int) -> dict[str, Any]:
    there = queries.round_of(round_id)
    requests = queries.requests_of(round_id)
    return {
        "round": there,
        "requests": requests,
        "can": {action.value for action in rules.open_to(there.state, {Role.BROKER})},
        "stale": there.proposed_version != there.version,
        "figures": words.figures(requests),
    }


BUTTONS = {"close": service.close, "propose": service.propose}


@bp.post(f"/rounds/<int:round_id>/<any({','.join(BUTTONS)}):what>")
@allow(Role.BROKER)
def press(round_id: int, what: str):
    """What needs no question."""
    form = Form()
    if form.validate_on_submit() and attempt(form, BUTTONS[what], current_user.id, round_id):
        return redirect(url_for("round_desk.desk", round_id=round_id))
    return render_form("rounds/desk.html", form, **_desk(round_id))


class Ask(NamedTuple):
    """One question before a step: its form and call; the page's title, what it means, its button; what is said then."""

    form: type[Form]
    call: Callable[..., Any]
    words: tuple[LazyString, LazyString, LazyString]
    done: LazyString


ASKING = {
    "reopen": Ask(
        forms.ReopenForm,
        service.reopen,
        (
            _l("Let groups ask again"),
            _l("What was proposed and pinned is forgotten."),
            _l("Let them ask again"),
        ),
        _l("Groups can ask again."),
    ),
    "give-up": Ask(
        forms.WhyForm,
        service.give_up,
        (
            _l("Give this round up"),
            _l("Nothing is given out. Groups can ask for rooms as always."),
            _l("Give it up"),
        ),
        _l("The round is not held. Every group that asked has a letter."),
    ),
}


@bp.route(
    f"/rounds/<int:round_id>/<any({','.join(map(repr, ASKING))}):what>", methods=["GET", "POST"]
)
@allow(Role.BROKER)
def ask(round_id: int, what: str):
    asked = ASKING[what]
    form = asked.form()
    if form.validate_on_submit() and attempt(
        form, asked.call, current_user.id, round_id, **said(form)
    ):
        flash(str(asked.done))
        return redirect(url_for("round_desk.desk", round_id=round_id))
    return _page(form, *asked.words, round=queries.round_of(round_id))


@bp.route("/rounds/<int:round_id>/publish", methods=["GET", "POST"])
@allow(Role.BROKER)
def publish(round_id: int):
    form = Form()
    seen = request.form.get("version", type=int) or 0
    if form.validate_on_submit() and (
        number := attempt(form, publishing.publish, current_user.id, round_id, version=seen)
    ):
        flash(
            _(
                "Published: %(number)s lets are made, and every group has a letter.",
                number=int(number),
            )
        )
        return redirect(url_for("round_desk.desk", round_id=round_id))
    return render_form("rounds/publish.html", form, **_desk(round_id))


ARRANGING = {
    "pin": partial(service.pin, pinned=True),
    "unpin": partial(service.pin, pinned=False),
    "away": service.take_away,
}


@bp.post("/rounds/<int:round_id>/places/<int:place_id>/<any(pin,unpin,away):what>")
@allow(Role.BROKER)
def arrange(round_id: int, place_id: int, what: str):
    form = Form()
    if form.validate_on_submit() and attempt(
        form, ARRANGING[what], current_user.id, round_id, place_id
    ):
        return redirect(url_for("round_desk.desk", round_id=round_id))
    return render_form("rounds/desk.html", form, **_desk(round_id))


class PlaceForm(Form):
    """One of the rooms that would do."""

    room = RadioField(coerce=int, validators=[InputRequired()])


@bp.route("/rounds/<int:round_id>/requests/<int:request_id>/place", methods=["GET", "POST"])
@allow(Role.BROKER)
def place(round_id: int, request_id: int):
    """By hand: a time of the week, then one of the rooms that would do then."""
    queries.round_of(round_id)
    asked = next((r for r in queries.requests_of(round_id) if r.id == request_id), None)
    if asked is None:
        return redirect(url_for("round_desk.desk", round_id=round_id))
    when, form = forms.WhenForm(), PlaceForm()
    at = (
        (when.day.data, when.starts.data, when.ends.data)
        if "starts" in request.args and when.validate()
        else None
    )
    rooms = choosing.rooms_at(asked, at)
    form.room.label.text = _("Which room?")
    form.room.choices = [SelectChoice(str(match.room.id), _room(match)) for match in rooms]
    if at and form.validate_on_submit() and _give(form, round_id, request_id, at):
        return redirect(url_for("round_desk.desk", round_id=round_id))
    context = {"asked": asked, "round": asked.round, "when": when, "at": at, "rooms": rooms}
    return render_form("rounds/place.html", form, **context)


def _give(form: PlaceForm, round_id: int, request_id: int, at: tuple[int, time, time]) -> Any:
    instead = request.args.get("instead", type=row_id)
    return attempt(
        form,
        service.give_place,
        current_user.id,
        round_id,
        request_id,
        (form.room.data, *at),
        instead=instead,
    )


def _room(match: search.Match) -> str:
    return " · ".join((match.room.name, match.room.holder, *map(let_words.say, match.reasons[:2])))
