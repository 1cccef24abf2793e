"""What a let's page says of money, paying by card, and the card provider's own messages."""

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from portal.errors import PortalError
from portal.lettings import queries
from portal.lettings.doors import part
from portal.lettings.hosting.access import run_place
from portal.lettings.models import Let
from portal.lettings.paying import cards, deposits, forms, usual
from portal.money import card_pages, govuk_pay, settling
from portal.money import queries as money
from portal.money import words as money_words
from portal.people.access import PUBLIC, SIGNED_IN, allow
from portal.people.models import User
from portal.people.queries import me
from portal.people.rules import Role
from portal.web import attempt, render_form

bp = Blueprint("paying", __name__)


@part
def money_of(let: Let, _user: User, roles: set[Role]) -> Markup | None:
    """Deposit, what was asked for, what is open, receipts; a holder sees the sums on its statement."""
    if not roles & {Role.ORGANISER, Role.BROKER}:
        return None
    path = deposits.path(let)
    open_pence = {owed.charge.id: owed for owed in money.open_charges(path)}
    shown = {
        "let": let,
        "deposit": let.deposit,
        "deposit_words": money_words.deposit(let.deposit) if let.deposit else "",
        "claim": let.deposit.retention if let.deposit else None,
        "charges": [(charge, open_pence.get(charge.id)) for charge in money.charges_of(path)],
        "receipts": money.receipts_of(path),
        "by_card": govuk_pay.is_on() and Role.ORGANISER in roles,
        "deposit_by_card": cards.may_pay_deposit(let),
        "broker": Role.BROKER in roles,
    }
    if not (shown["deposit"] or shown["charges"]):
        return None
    return Markup(render_template("lettings/paying/_money.html", **shown))  # noqa: S704 - a template of ours


@bp.post("/lets/<int:let_id>/card", defaults={"charge_id": None})
@bp.post("/lets/<int:let_id>/charges/<int:charge_id>/card")
@allow(SIGNED_IN)
def begin(let_id: int, charge_id: int | None):
    """Begin to pay; the next page leads on to the provider."""
    let, _roles = queries.let_for(current_user, let_id)
    by = current_user.id
    return card_pages.begin(deposits.path(let), lambda: cards.start(by, let_id, charge_id))


@bp.get("/lets/<int:let_id>/card/<int:payment_id>")
@allow(SIGNED_IN)
def card(let_id: int, payment_id: int):
    """How a payment by card stands: before it, and when the payer comes back."""
    let, _roles = queries.let_for(current_user, let_id)
    return card_pages.show(deposits.path(let), payment_id, _("Back to the let"))


@bp.route("/hosting/rooms/<int:room_id>/deposit", methods=["GET", "POST"])
@allow(SIGNED_IN)
def room_deposit(room_id: int):
    """What deposit a room asks for: its holder's officers and the broker say it."""
    room = run_place(me(), room_id)
    form = forms.UsualForm(pence=usual.of_room(room_id) or None)
    if form.validate_on_submit() and attempt(form, usual.set_for, me().id, room_id, pence=form.pence.data or 0):  # fmt: skip
        flash(_("Saved. It holds for what is asked for from now on."))
        return redirect(url_for("hosting.holder", holder_id=room.holder_id))
    return render_form("lettings/paying/usual.html", form, room=room)


@bp.post("/webhooks/govuk-pay")
@allow(PUBLIC)
def hear():
    """GOV.UK Pay says that something happened. Only what it signed is read, and it is asked what is true."""
    body = request.get_data(cache=False)
    if not govuk_pay.is_signed(body, request.headers.get("Pay-Signature", "")):
        return "", 400
    try:
        told_of = json.loads(body)
        settling.hear(str(told_of["resource"].get("payment_id") or told_of["resource_id"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", 400
    except PortalError:  # it tells us again later, and the clock asks too
        return "", 503
    return "", 204
