"""Pages: wait for a room, what one waits for, and a date that became free: take it or pass."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.areas.queries import current_area
from portal.lettings import queries
from portal.lettings import words as let_words
from portal.lettings.dates import forms, waiting, words
from portal.lettings.dates import queries as reads
from portal.lettings.dates.blueprint import bp
from portal.lettings.finding import links, pages
from portal.lettings.finding.forms import FindForm
from portal.lettings.forms import AskForm
from portal.lettings.models import DateOffer, Waiting
from portal.lettings.rules import Insurance, LetState, Wish
from portal.lettings.views import group_of
from portal.people import queries as people
from portal.people.access import SIGNED_IN, allow
from portal.web import Form, attempt, page_with, render_form

HELD = _l("It is held for you. It is yours as soon as the broker has the deposit.")


@bp.route("/rooms/<int:room_id>/wait", methods=["GET", "POST"])
@allow(SIGNED_IN)
def wait(room_id: int):
    """Others have the room on some dates: say that one would take what they give up."""
    room = queries.room_of(room_id)
    need = FindForm(current_area())
    if not need.validate():
        again = request.args.to_dict(flat=False) | {"room": [str(room_id)]}
        return redirect(page_with("lettings.find", again))
    form = AskForm(people.groups_of(people.me()))
    if form.validate_on_submit() and _joined(form, room_id, need.wish):
        flash(_("You are on the list. When a date becomes free we write to you."))
        return redirect(url_for("dates.waiting_list"))
    back = page_with("lettings.find", links.need_of(request.args) | {"room": [str(room_id)]})
    return render_form(
        "lettings/dates/wait.html", form, room=room, back=back, **pages.about(need.wish)
    )


@bp.get("/waiting")
@allow(SIGNED_IN)
def waiting_list():
    """What one's groups wait for, and what is offered to them now."""
    me = people.me()
    return render_template(
        "lettings/dates/waiting.html",
        places=[(place, words.waits_for(place)) for place in reads.my_waiting(me)],
        offers=[(offer, words.span(offer)) for offer in reads.my_offers(me)],
    )


@bp.route("/waiting/<int:waiting_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def leave(waiting_id: int):
    place = reads.waiting_for(people.me(), waiting_id)
    form = Form()
    if form.validate_on_submit() and attempt(form, waiting.leave, people.me().id, waiting_id):
        flash(_("You wait for it no longer."))
        return redirect(url_for("dates.waiting_list"))
    return render_form("lettings/dates/leave.html", form, place=place, term=words.waits_for(place))


@bp.route("/offers/<int:offer_id>", methods=["GET", "POST"])
@allow(SIGNED_IN)
def offer(offer_id: int):
    """A date that became free: one tap takes it, another passes it on."""
    found = reads.offer_for(people.me(), offer_id)
    form = forms.AnswerForm()
    if form.validate_on_submit():
        take = form.answer.data == "take"
        call = waiting.take if take else waiting.pass_on
        if answered := attempt(form, call, people.me().id, offer_id):
            if take:
                due = answered.state is LetState.DEPOSIT_DUE
                flash(str(HELD) if due else _("It is yours."))
                return redirect(url_for("lettings.let", let_id=answered.id))
            flash(_("Passed on to the next group."))
            return redirect(url_for("dates.waiting_list"))
    return render_form("lettings/dates/offer.html", form, **_about(found))


def _joined(form: AskForm, room_id: int, wish: Wish) -> Waiting | None:
    group_id = group_of(form)
    return group_id and attempt(
        form,
        waiting.join,
        people.me().id,
        room_id,
        group_id,
        wish,
        insurance=Insurance(form.insurance.data),
        safeguarding=form.safeguarding.data,
        note=form.note.data or "",
    )


def _about(found: DateOffer) -> dict[str, object]:
    """What the page says of an offer: where, when, until when, and how it stands."""
    room = found.waiting.room
    return {
        "offer": found,
        "room": room,
        "address": let_words.address(room),
        "when": words.span(found),
        "open": waiting.is_open(found),
        "until": let_words.local(found.answer_by),
        "deposit": waiting.asks_for(found),
    }
