"""The deposit of a let: taken, promised, waived, corrected; then what is to be kept, the group's answer, and the rest back.

One function a user action; each is one transaction.
"""

from datetime import timedelta

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings import moves
from portal.lettings.models import Let, LetEvent
from portal.lettings.rules import Action, LetState
from portal.money import claims
from portal.money import letters as money_letters
from portal.money import service as money
from portal.money import words as money_words
from portal.money.models import Deposit, Retention
from portal.money.rules import BY_HAND, DepositState, Paid
from portal.web import day, pounds

# How long after the end a promise still answers for what is found.
PROMISE_LASTS = timedelta(days=14)


def ask(let: Let, pence: int) -> None:
    """Ask for a deposit, in the transaction of the approval. Papers know it by the let's number, not by a name."""
    let.deposit = money.ask_deposit(
        pence,
        holder_id=let.room.holder_id,
        group_id=let.group_id,
        about=about(let),
        path=path(let),
    )


def about(let: Let) -> str:
    """What papers call a let: its number, for a private group's name with its room is nobody's to read."""
    return _("Let %(number)s", number=let.id)


def path(let: Let) -> str:
    """The page of a let."""
    return f"/lets/{let.id}"


def record_deposit(by: int, let_id: int, *, paid_by: Paid) -> str:
    """The broker has the deposit; that confirms the let. Returns the receipt's number."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.RECORD_DEPOSIT, user)
        if paid_by not in BY_HAND:
            raise RuleBroken("by-hand", "Only cash and transfers are recorded by hand.")
        receipt = money.receive(_deposit(let), paid_by=paid_by, by=by)
        moves.record(session, let, let.state, step, user, role)
    return receipt


def take_by_card(session: Session, let: Let) -> str:
    """The card provider says that the deposit is paid; in the caller's transaction, under the let's lock."""
    step, role = moves.allowed(let, Action.RECORD_DEPOSIT, None)
    receipt = money.receive(_deposit(let), paid_by=Paid.CARD, by=None)
    moves.record(session, let, let.state, step, None, role, why=_l("By card."))
    return receipt


def waive_deposit(by: int, let_id: int, *, why: str) -> Let:
    """The broker does without the deposit after all; that confirms the let."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.WAIVE_DEPOSIT, user)
        money.waive(_deposit(let), why=why)
        moves.record(session, let, let.state, step, user, role, why=why)
    return let


def pledge_deposit(by: int, let_id: int, *, who: str) -> Let:
    """A body, or the group, promises to pay up to the amount; the broker accepts that, and the let is confirmed."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.PLEDGE_DEPOSIT, user)
        money.pledge(_deposit(let), who=who)
        moves.record(session, let, let.state, step, user, role, why=who)
    return let


def undo_deposit(by: int, let_id: int, *, why: str) -> Let:
    """The deposit was recorded by mistake: it is due again, the receipt is void, and the let stays."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.UNDO_DEPOSIT, user)
        money.undo_receipt(_deposit(let), why=why, by=by)
        moves.record(session, let, let.state, step, user, role, why=why)
    return let


def claim_deposit(by: int, let_id: int, *, pence: int, why: str, evidence: str) -> Let:
    """The broker says what is to be kept, why, and what shows it; the group is asked first, with a last day."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.CLAIM_DEPOSIT, user)
        deposit = _deposit(let)
        row = Retention(
            deposit=deposit, answer_by=claims.answer_by(clock.today(), let.area_id), told_on=None
        )
        claims.claim(row, [deposit], pence=pence, why=why, evidence=evidence, by=by)
        last = LazyString(day, row.answer_by)
        said = _l("%(amount)s. %(why)s What shows it: %(evidence)s. Answer by %(day)s.", amount=pounds(pence), why=why, evidence=evidence, day=last)  # fmt: skip
        moves.record(session, let, let.state, step, user, role, why=said)
    return let


def answer_claim(by: int, let_id: int, *, agrees: bool, words: str = "") -> Let:
    """The group says whether it agrees that this is kept."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.ANSWER_CLAIM, user)
        claims.answer(_deposit(let).retention, agrees=agrees, words=words)
        why = LazyString(_answered, words, agrees=agrees)
        moves.record(session, let, let.state, step, user, role, why=why)
    return let


def _answered(words: str, *, agrees: bool) -> str:
    said = _("The group agrees.") if agrees else _("The group does not agree.")
    return f"{said} {words}".strip()


def return_deposit(by: int, let_id: int, *, kept_pence: int = 0) -> Let:
    """The broker gives the deposit back, less at most what the group was told is to be kept."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.RETURN_DEPOSIT, user)
        deposit = _deposit(let)
        back = claims.settle([deposit], deposit.retention, kept_pence, by=by)
        given = _l("Given back: %(back)s. Kept: %(kept)s.", back=pounds(back), kept=pounds(kept_pence))  # fmt: skip
        moves.record(session, let, let.state, step, user, role, why=given)
    return let


def end_pledge(by: int | None, let_id: int) -> Let:
    """Nothing was damaged: the promise is over. The clock does it too, some time after the end."""
    with transaction() as session:
        if by is None:
            let, user = session.get_one(Let, let_id, with_for_update=True), None
        else:
            let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.END_PLEDGE, user)
        money.release(_deposit(let))
        moves.record(session, let, let.state, step, user, role)
    return let


def tick() -> int:
    """End promises whose time is over, and tell the broker of claims that nobody answered; returns how many."""
    return _end_promises() + _tell_unanswered()


def _end_promises() -> int:
    over = (
        select(LetEvent.let_id)
        .where(LetEvent.after.in_((LetState.ENDED, LetState.CANCELLED)))
        .where(LetEvent.before.in_((LetState.RUNNING, LetState.CONFIRMED)))
        .group_by(LetEvent.let_id)
        .having(func.max(LetEvent.at) <= clock.now() - PROMISE_LASTS)
    )
    query = (
        select(Let.id)
        .join(Deposit, Deposit.id == Let.deposit_id)
        .outerjoin(Retention, Retention.deposit_id == Deposit.id)
        .where(Let.area_id == current_area().id, Deposit.state == DepositState.PLEDGED)
        .where(Let.state.in_((LetState.ENDED, LetState.CANCELLED)), Retention.deposit_id.is_(None))
        .where(Let.id.in_(over))
    )
    done = 0
    for let_id in list(db.session.scalars(query)):
        try:
            end_pledge(None, let_id)
        except RuleBroken:  # somebody was faster
            continue
        done += 1
    return done


def _tell_unanswered() -> int:
    query = select(Retention.deposit_id).where(
        Retention.answer_by < clock.today(),
        Retention.answered_on.is_(None),
        Retention.told_on.is_(None),
    )
    return sum(_tell_one(deposit_id) for deposit_id in list(db.session.scalars(query)))


def _tell_one(deposit_id: int) -> int:
    with transaction() as session:
        row = session.get_one(Retention, deposit_id, with_for_update=True)
        here = row.deposit.area_id == current_area().id
        if not here or row.told_on or row.answered_on:
            return 0
        row.told_on = clock.today()
        money_letters.to_brokers(
            _l("A deposit can be settled"),
            lambda: [
                _("%(about)s: the group has not answered what is to be kept of its deposit. Its last day was %(day)s. You can settle the deposit now.", about=money_words.about(row.deposit), day=day(row.answer_by)),
                money_letters.link(row.deposit.path),
            ],
            key=f"retention:{deposit_id}",
        )  # fmt: skip
        return 1


def _deposit(let: Let) -> Deposit:
    if let.deposit is None:
        raise RuleBroken("no-deposit-due", "No deposit was asked for.")
    return let.deposit
