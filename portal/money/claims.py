"""Keeping a part of a deposit, for both wings: say what and why, hear the group, then settle. In the caller's transaction."""

from collections.abc import Iterable
from datetime import date

from portal import clock
from portal.areas.calendar import working_day
from portal.areas.models import Area
from portal.db import db
from portal.money import charging, rules, service
from portal.money.models import Claimed, Deposit
from portal.money.rules import ChargeKind, DepositState


def claim(
    row: Claimed, deposits: Iterable[Deposit], *, pence: int, why: str, evidence: str, by: int
) -> None:
    """Fill a wing's row with what is to be kept of these deposits, why, and what shows it."""
    rules.check_retained(pence, sum(deposit.pence for deposit in deposits), why, evidence)
    row.pence, row.why, row.evidence = pence, why, evidence
    row.user_id, row.asked_on = by, clock.today()
    db.session.add(row)


def answer(row: Claimed, *, agrees: bool, words: str) -> None:
    """The group says what it thinks of that."""
    rules.check_answer(words, agrees=agrees)
    row.agrees, row.answer, row.answered_on = agrees, words, clock.today()


def answer_by(asked_on: date, area_id: int) -> date:
    """The last day on which a group can answer."""
    nation = db.session.get_one(Area, area_id).nation
    return working_day(rules.ANSWER_WORKING_DAYS, asked_on, nation).due


def settle(deposits: Iterable[Deposit], row: Claimed | None, kept: int, *, by: int) -> int:
    """Give back what is left, after keeping at most what was said before; returns the pence given back.

    From a promise nothing can be kept: what it answers for becomes a charge, and the promise is over.
    """
    rules.check_kept(kept, row.pence if row else 0)
    back, left = 0, kept
    for deposit in deposits:
        keep = min(left, deposit.pence)
        if deposit.state is DepositState.PLEDGED:
            if keep:
                _call(deposit, keep, row.why)
            service.release(deposit)
        else:
            if keep:
                service.retain(deposit, keep, why=row.why, evidence=row.evidence, by=by)
            back += service.give_back(deposit, by=by)
        left -= keep
    return back


def _call(deposit: Deposit, pence: int, why: str) -> None:
    deposit.retained_pence, deposit.retained_why = pence, why
    charging.charge(
        ChargeKind.DAMAGE,
        key=f"pledge:{deposit.id}",
        pence=pence,
        holder_id=deposit.holder_id,
        group_id=deposit.group_id,
        about=deposit.about,
        path=deposit.path,
        words=why[:200],
    )
