"""Pages: the broker's money, receipts, statements for holders and the broker, and the commission."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.areas.queries import current_area
from portal.db import db
from portal.errors import BadInput, Forbidden, NotFound
from portal.money import (
    cards,
    charging,
    crediting,
    forms,
    papers,
    queries,
    rules,
    service,
    statements,
    words,
)
from portal.money.models import Charge, Posting
from portal.people.access import SIGNED_IN, allow, area_roles, fresh, group_ids, roles_for
from portal.people.models import Holder
from portal.people.queries import me
from portal.people.rules import Role
from portal.web import attempt, moment, render_form, row_id

bp = Blueprint("money", __name__)

KINDS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@bp.get("/money")
@allow(Role.BROKER)
def index():
    """What is due, overdue first, what is owed, and what was written last."""
    return render_template(
        "money/index.html",
        owed=queries.open_charges(),
        creditors=queries.creditors(),
        standing=_standing(),
        latest=queries.latest(),
        refunds=queries.refunds_that_failed(),
        surplus=queries.surplus(),
        faults=queries.faults(),
        what=statements.what,
        reversible=rules.REVERSIBLE,
    )


@bp.route("/money/charges/<int:charge_id>/pay", methods=["GET", "POST"])
@allow(Role.BROKER)
def pay(charge_id: int):
    """The broker has the money: how, and that is all."""
    charge = _charge(charge_id)
    left = charging.open_of(charge)
    form = forms.PaymentForm(data={"pence": left, "shown": left})
    if form.validate_on_submit() and attempt(
        form,
        charging.record_payment,
        current_user.id,
        charge_id,
        pence=form.pence.data,
        paid_by=form.paid_by.data,
        shown=form.shown.data,
    ):
        flash(_("The payment is recorded, and the group has its receipt."))
        return redirect(url_for("money.index"))
    form.shown.raw_data, form.shown.data = None, charging.open_of(_charge(charge_id))
    return _about_charge(form, charge_id, _("Record a payment"), _("I have the money"))


@bp.route("/money/charges/<int:charge_id>/write-off", methods=["GET", "POST"])
@allow(Role.BROKER)
def write_off(charge_id: int):
    form = forms.WhyForm()
    _charge(charge_id)
    why = form.why.data
    if form.validate_on_submit() and attempt(form, charging.write_off, current_user.id, charge_id, why=why):  # fmt: skip
        flash(_("Written off. The group need not pay it any more."))
        return redirect(url_for("money.index"))
    return _about_charge(form, charge_id, _("Write off what is open"), _("Write it off"))


@bp.route("/money/charges/<int:charge_id>/give-back", methods=["GET", "POST"])
@allow(Role.BROKER)
@fresh
def give_back(charge_id: int):
    """What a group paid in advance and does not owe after all."""
    charge = _charge(charge_id)
    left = sum(one.pence for one in queries.surplus(charge_id))
    form = forms.GiveBackForm(data={"shown": left})
    said = {"paid_by": form.paid_by.data, "shown": form.shown.data}
    if form.validate_on_submit() and attempt(form, crediting.give_back, current_user.id, charge_id, **said):  # fmt: skip
        flash(_("Recorded."))
        return redirect(url_for("money.index"))
    about = _("%(about)s, %(words)s: %(amount)s was paid too much.", about=charge.about, words=charge.words, amount=words.pounds(left))  # fmt: skip
    title, button = _("Give back what was paid too much"), _("I have given it back")
    return render_form("money/act.html", form, title=title, button=button, about=about)


def _told(posting: Posting) -> str:
    """Which entry of the books: what it is, about what, how much, and when it was written."""
    cause = posting.charge or posting.deposit
    pence = max(abs(entry.pence) for entry in posting.entries)
    parts = (statements.what(posting), cause.about if cause else "", words.pounds(pence), moment(posting.at))  # fmt: skip
    return ", ".join(part for part in parts if part)


@bp.route("/money/entries/<int:posting_id>/take-back", methods=["GET", "POST"])
@allow(Role.BROKER)
@fresh
def take_back(posting_id: int):
    form = forms.WhyForm()
    posting = _posting(posting_id)
    about = _told(posting)
    if service.payment_by(posting) is not None:
        about = _("%(what)s. It goes back to the card by itself, and is open again: write it off if it need not be paid.", what=about)  # fmt: skip
    why = form.why.data
    if form.validate_on_submit() and attempt(form, charging.reverse, current_user.id, posting_id, why=why):  # fmt: skip
        flash(_("Taken back. Both entries stay in the books."))
        return redirect(url_for("money.index"))
    return render_form(
        "money/act.html", form, title=_("Take an entry back"), button=_("Take it back"), about=about
    )


@bp.route("/money/holders/<int:holder_id>/pay-out", methods=["GET", "POST"])
@allow(Role.BROKER)
@fresh
def pay_out(holder_id: int):
    holder = _holder(holder_id)
    owed = next((one.pence for one in queries.creditors() if one.holder.id == holder.id), 0)
    form = forms.PayOutForm(data={"pence": owed, "shown": owed})
    said = {"pence": form.pence.data, "shown": form.shown.data}
    if form.validate_on_submit() and attempt(form, charging.pay_out, current_user.id, holder_id, **said):  # fmt: skip
        flash(_("Recorded. The holder has a letter with its statement."))
        return redirect(url_for("money.index"))
    about = _("%(holder)s is owed %(amount)s.", holder=_holder(holder_id).name, amount=words.pounds(owed))  # fmt: skip
    title, button = _("Record a payment to a holder"), _("I have transferred it")
    return render_form("money/act.html", form, title=title, button=button, about=about)


@bp.route("/money/move", methods=["GET", "POST"])
@allow(Role.BROKER)
@fresh
def move():
    form = forms.MoveForm(data={"shown": charging.last_move()})
    said = {name: form[name].data for name in ("pence", "source", "target", "shown")}
    if form.validate_on_submit() and attempt(form, charging.move, current_user.id, **said):
        flash(_("Recorded."))
        return redirect(url_for("money.index"))
    about = _("Cash that you took to the bank, or what the card provider has paid into it.")
    return render_form(
        "money/act.html", form, title=_("Move money"), button=_("It is there"), about=about
    )


@bp.route("/money/refunds/<int:refund_id>/by-hand", methods=["GET", "POST"])
@allow(Role.BROKER)
@fresh
def refund_by_hand(refund_id: int):
    form = forms.Form()
    cards.refund_of(refund_id)
    if form.validate_on_submit() and attempt(form, cards.given_back_by_hand, current_user.id, refund_id):  # fmt: skip
        flash(_("Recorded."))
        return redirect(url_for("money.index"))
    about = _("The card would not take it. Only when you have transferred it to the group.")
    title, button = _("Given back by transfer"), _("I have transferred it")
    return render_form("money/act.html", form, title=title, button=button, about=about)


@bp.get("/money/receipts/<int:posting_id>.pdf")
@allow(SIGNED_IN)
def receipt(posting_id: int):
    """For the group that paid, and for the broker."""
    posting = _posting(posting_id)
    cause = posting.charge or posting.deposit
    theirs = cause is not None and cause.group_id in group_ids(me())
    if posting.receipt is None or not (theirs or Role.BROKER in area_roles()):
        raise NotFound("no-receipt", "There is no such receipt, or it is not yours to see.")
    return _file(papers.receipt(posting), "pdf", f"receipt-{posting.receipt}")


@bp.get("/money/statement", defaults={"kind": "html"})
@bp.get("/money/statement.<any(pdf,csv):kind>")
@allow(Role.BROKER, Role.OFFICER)
def statement(kind: str):
    """Of one holder (?holder=), for its officers and the broker; without a holder of all accounts, for the broker."""
    form = forms.StatementForm()
    asked = statements.period(None, None)
    if form.validate():
        asked = statements.period(form.first.data, form.last.data)
    elif kind != "html":  # a file cannot show that it was not understood
        raise BadInput("bad-days", "One of these days is not on the calendar.")
    holder = _asked_holder()
    if holder is None:
        return _of_area(kind, form, asked)
    found = statements.of_holder(holder, asked)
    if kind == "csv":
        return _file(statements.holder_csv(found).encode(), kind, _name(asked))
    if kind == "pdf":
        return _file(papers.holder_statement(current_area(), holder, asked, found), kind, _name(asked))  # fmt: skip
    return render_template(
        "money/statement.html",
        form=form, holder=holder, period=asked, found=found, totals=papers.totals(found), **_links(asked, holder=holder.id),
    )  # fmt: skip


def _of_area(kind: str, form: forms.StatementForm, asked: statements.Period):
    area = current_area()
    if kind == "csv":
        return _file(statements.area_csv(area, asked).encode(), kind, _name(asked))
    found = statements.of_area(area, asked)
    if kind == "pdf":
        return _file(papers.area_statement(area, asked, found), kind, _name(asked))
    return render_template(
        "money/accounts.html",
        form=form, period=asked, found=found, words=words.ACCOUNTS, holders=queries.with_money(), **_links(asked),
    )  # fmt: skip


def _asked_holder() -> Holder | None:
    """The holder that is asked for, if it may be seen; an officer's own where none is named."""
    wanted = request.args.get("holder", type=row_id)
    if wanted is None and request.args.get("holder"):
        raise NotFound("no-holder", "There is no such holder here.")
    broker = Role.BROKER in area_roles()
    if wanted is None and broker:
        return None
    if wanted is None:
        own = next((grant.holder for grant in me().roles if grant.role is Role.OFFICER), None)
        wanted = own.id if own else 0
    holder = _holder(wanted)
    if not broker and Role.OFFICER not in roles_for(me(), holder_id=holder.id):
        raise Forbidden("not-yours", "This is another holder's statement.")
    return holder


def _standing() -> list[tuple[Any, int]]:
    """What is at hand, and whose it is: without minus signs, for those who do not keep books."""
    found = queries.balances()
    rows = [(words.ACCOUNTS[account], found.get(account, 0)) for account in rules.AT_HAND]
    rows += [(words.ACCOUNTS[account], -found.get(account, 0)) for account in rules.WHOSE]
    return [(name, pence) for name, pence in rows if pence]


def _links(asked: statements.Period, **more: Any) -> dict[str, str]:
    days = {
        f"{name}-{part}": getattr(day, part)
        for name, day in (("first", asked.first), ("last", asked.last))
        for part in ("day", "month", "year")
    }
    return {kind: url_for("money.statement", kind=kind, **days, **more) for kind in KINDS}


def _about_charge(form: Any, charge_id: int, title: str, button: str):
    charge = _charge(charge_id)
    about = _("%(about)s, %(words)s: %(amount)s is open.", about=charge.about, words=charge.words, amount=words.pounds(charging.open_of(charge)))  # fmt: skip
    return render_form("money/act.html", form, title=title, button=button, about=about)


def _charge(charge_id: int) -> Charge:
    found = db.session.get(Charge, charge_id)
    if found is None or found.area_id != current_area().id:
        raise NotFound("no-charge", "There is no such amount here.")
    return found


def _posting(posting_id: int) -> Posting:
    found = db.session.get(Posting, posting_id)
    if found is None or found.area_id != current_area().id:
        raise NotFound("no-posting", "There is no such entry in the books.")
    return found


def _holder(holder_id: int) -> Holder:
    found = db.session.get(Holder, holder_id)
    if found is None or found.area_id != current_area().id:
        raise NotFound("no-holder", "There is no such holder here.")
    return found


def _name(asked: statements.Period) -> str:
    return f"statement-{asked.first.isoformat()}-{asked.last.isoformat()}"


def _file(data: bytes, kind: str, name: str) -> Response:
    response = Response(data, mimetype=KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
