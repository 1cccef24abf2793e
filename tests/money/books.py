"""Worlds with money in them, for whoever sends the broker's forms."""

from collections.abc import Callable

from portal import clock
from portal.db import transaction
from portal.money import charging, crediting
from portal.money.models import CardPayment, CardRefund, Charge
from portal.money.rules import Account as At
from portal.money.rules import ChargeKind, Paid, PostingKind, move
from portal.money.service import ask_deposit, post
from portal.money.steps import CardState, RefundState
from tests.lettings import make

World = Callable[[], tuple[str, str]]


def charged(path: str) -> World:
    """A group owes £20."""

    def brought() -> tuple[str, str]:
        here = make.place()
        return path.format(charge=_charge(here)), here.broker.email

    return brought


def paid(path: str) -> World:
    """It has paid by transfer, so a holder is owed £20."""

    def brought() -> tuple[str, str]:
        here = make.place()
        posting = charging.record_payment(
            here.ids.broker, _charge(here), pence=20_00, paid_by=Paid.TRANSFER
        )
        return path.format(posting=posting.id, holder=here.holder.id), here.broker.email

    return brought


def too_much(path: str) -> World:
    """It has paid £20 in advance, of which £6 is not owed after all."""

    def brought() -> tuple[str, str]:
        here = make.place()
        charge_id = _charge(here)
        charging.record_payment(here.ids.broker, charge_id, pence=20_00, paid_by=Paid.CASH)
        with transaction() as session:
            crediting.credit(session.get_one(Charge, charge_id), 6_00, why="Given up in time.")
        return path.format(charge=charge_id), here.broker.email

    return brought


def failed_refund(path: str) -> World:
    """A card would not take £20 back."""

    def brought() -> tuple[str, str]:
        here = make.place()
        with transaction() as session:
            deposit = ask_deposit(20_00, group_id=here.group_id, about="Let 1", path="/lets/1")
            back = post(
                move(20_00, source=At.CARDS, target=At.SURPLUS),
                what="Goes back",
                by=None,
                kind=PostingKind.SURPLUS_BACK,
                deposit=deposit,
            )
            payment = CardPayment(
                area_id=here.area_id,
                deposit_id=deposit.id,
                path="/lets/1",
                pence=20_00,
                state=CardState.SURPLUS,
                token="token",
                provider_id="pay1",
                user_id=here.ids.organiser,
                started_at=clock.now(),
            )
            row = CardRefund(
                payment=payment, posting_id=back.id, pence=20_00, state=RefundState.FAILED
            )
            session.add(row)
            session.flush()
            number = row.id
        return path.format(refund=number), here.broker.email

    return brought


def _charge(here) -> int:
    with transaction():
        return charging.charge(
            ChargeKind.RENT,
            key="date:1",
            pence=20_00,
            holder_id=here.holder.id,
            group_id=here.group_id,
            about="Let 1",
            path="/lets/1",
            words="2 dates in March 2026",
        ).id
