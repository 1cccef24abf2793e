"""Rent: asked for by the clock after each month, each date once. Safe late, twice, on two machines, killed anywhere."""

from collections.abc import Iterable
from itertools import groupby

from flask import current_app
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.clock import LONDON
from portal.db import db, transaction
from portal.lettings.models import DateOffer, Let, LetEvent, Occurrence
from portal.lettings.paying import deposits, rules
from portal.lettings.paying.models import ChargedDate
from portal.lettings.paying.rules import DateDue, GivenUp
from portal.lettings.rules import Action, LetState
from portal.money import charging
from portal.money.models import Charge
from portal.money.rules import ChargeKind

# States in which a let has been agreed; before that nothing is owed.
AGREED = (LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED, LetState.CANCELLED)
GIVE_UP_DATE = (Action.SKIP, Action.RELEASE, Action.CANCEL_DATE)
GIVE_UP_LET = (Action.CANCEL, Action.LAPSE)


def tick() -> int:
    """Ask for the rent of every month that is over; returns how many charges were made."""
    made = 0
    for let_id in list(db.session.scalars(select(Let.id).where(_waits()).order_by(Let.id))):
        try:
            made += _charge(let_id)
        except Exception:  # one broken let must not hold up the rent of all others
            current_app.logger.exception("tick: rent of let %s", let_id)
    return made


def _waits() -> ColumnElement[bool]:
    """Lets with dates in months that are over, which rent has not looked at."""
    return and_(
        Let.area_id == current_area().id,
        Let.price_pence > 0,
        Let.state.in_(AGREED),
        Let.occurrences.any(_unseen()),
    )


def _unseen() -> ColumnElement[bool]:
    seen = select(ChargedDate.occurrence_id).where(ChargedDate.occurrence_id == Occurrence.id)
    return and_(Occurrence.on < clock.today().replace(day=1), ~seen.exists())


def _charge(let_id: int) -> int:
    """Look again under the let's lock, and charge one month after the other; holders apart."""
    with transaction() as session:
        let = session.get_one(Let, let_id, with_for_update=True)
        if let.state not in AGREED or let.price_pence <= 0:
            return 0
        query = select(Occurrence).where(Occurrence.let_id == let.id, _unseen())
        found = list(session.scalars(query.order_by(Occurrence.on, Occurrence.id)))
        due = {one.occurrence_id for one in _due(let, found) if rules.costs(one, _day(one))}
        made = 0
        for _month, dates in groupby(sorted(found, key=_together), key=_together):
            made += _charge_month(session, let, list(dates), due)
        return made


def _together(date: Occurrence) -> tuple[tuple[int, int], int]:
    """What is asked for together: a month's dates with one holder."""
    return rules.month_of(date.on), _holder(date)


def _charge_month(session: Session, let: Let, dates: list[Occurrence], due: set[int]) -> int:
    counted = [date for date in dates if date.id in due]
    charge = _ask(let, counted) if counted else None
    for date in dates:
        charged = charge if date.id in due else None
        session.add(ChargedDate(occurrence_id=date.id, charge_id=charged.id if charged else None))
    session.flush()
    return int(charge is not None)


def _ask(let: Let, dates: list[Occurrence]) -> Charge | None:
    number = ngettext("%(num)s date", "%(num)s dates", len(dates))
    return charging.charge(
        ChargeKind.RENT,
        key=f"date:{dates[0].id}",
        pence=let.price_pence * len(dates),
        holder_id=_holder(dates[0]),
        group_id=let.group_id,
        about=deposits.about(let),
        path=deposits.path(let),
        words=_("%(dates)s in %(month)s", dates=number, month=format_date(dates[0].on, "MMMM y")),
    )


def _holder(date: Occurrence) -> int:
    return date.room.holder_id


def _due(let: Let, dates: Iterable[Occurrence]) -> list[DateDue]:
    """Dates with who gave them up and when, as the history has it; only those that had been agreed."""
    agreed = next(
        (e.at for e in let.events if e.after in (LetState.CONFIRMED, LetState.RUNNING)), None
    )
    dates = [date for date in dates if agreed and date.ends > agreed]
    ids = [date.id for date in dates]
    events = [e for e in let.events if e.action in (*GIVE_UP_DATE, *GIVE_UP_LET)]
    whole = next((e for e in reversed(events) if e.action in GIVE_UP_LET), None)
    single = {e.occurrence_id: e for e in events if e.action in GIVE_UP_DATE}
    query = select(DateOffer.occurrence_id).where(
        DateOffer.occurrence_id.in_(ids), DateOffer.let_id.is_not(None)
    )
    taken = set(db.session.scalars(query))
    return [
        DateDue(d.id, d.on, d.state, _given_up(single.get(d.id, whole)), d.id in taken)
        for d in dates
    ]


def _given_up(event: LetEvent | None) -> GivenUp | None:
    """None too for what was left out before anything was agreed: that was never asked for."""
    if event is None or event.action is Action.SKIP:
        return None
    return GivenUp(event.role, event.at)


def _day(one: DateDue):
    """The day on the wall on which a date was given up."""
    return one.given_up.at.astimezone(LONDON).date() if one.given_up else None
