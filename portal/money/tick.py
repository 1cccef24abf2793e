"""Reminders of what is overdue, and payments by card: each once, safe late, twice, and on two machines."""

from portal import clock
from portal.db import db, transaction
from portal.money import charging, letters, queries, settling
from portal.money.models import Charge
from portal.money.rules import reminder_due


def tick() -> int:
    """Write the reminders that are due now and ask about cards; returns how many things were done."""
    late = [owed.charge.id for owed in queries.open_charges() if owed.overdue]
    return sum(_remind(charge_id) for charge_id in late) + settling.tick()


def _remind(charge_id: int) -> int:
    charge = db.session.get_one(Charge, charge_id)
    if not (name := reminder_due(charge.due_on, clock.today())):
        return 0
    if letters.reminded(charge, name):
        return 0
    with transaction() as session:
        charge = session.get_one(Charge, charge_id, with_for_update=True)
        left = charging.open_of(charge)
        if left <= 0:
            return 0
        letters.remind(charge, left, name)
    return 1
