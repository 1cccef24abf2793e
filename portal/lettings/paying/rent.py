"""Rent: asked for by the clock after each month, or by the broker before it, each date once. Safe late, twice, on two machines, killed anywhere."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from flask import current_app
from flask_babel import LazyString, format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.clock import LONDON
from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings import moves
from portal.lettings.models import DateOffer, Let, LetEvent, Occurrence
from portal.lettings.paying import deposits, rules
from portal.lettings.paying.models import ChargedDate, RentAhead
from portal.lettings.paying.rules import DateDue, GivenUp
from portal.lettings.queries import is_ahead
from portal.lettings.rules import Action, LetState
from portal.money import charging, crediting
from portal.money.models import Charge
from portal.money.rules import ChargeKind

# States in which a let has been agreed; before that nothing is owed.
AGREED = (LetState.CONFIRMED, LetState.RUNNING, LetState.ENDED, LetState.CANCELLED)
GIVE_UP_DATE = (Action.SKIP, Action.RELEASE, Action.CANCEL_DATE)
GIVE_UP_LET = (Action.CANCEL, Action.LAPSE)


def tick() -> int:
    """Ask for the rent of every month that is over, and settle what was asked for in advance; returns how many of both."""
    made = 0
    waiting = select(Let.id).where(_waits()).order_by(Let.id)
    for what, act in ((waiting, _charge), (_ahead_over(), _settle)):
        for number in list(db.session.scalars(what)):
            try:
                made += act(number)
            except Exception:  # one broken let must not hold up the rent of all others
                current_app.logger.exception("tick: %s of %s", act.__name__, number)
    return made


def ask_ahead(by: int, let_id: int, *, month: date) -> Let:
    """The broker asks for the rent of the dates that are ahead in a month, each date once. `month`: any day of it."""
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        step, role = moves.allowed(let, Action.ASK_RENT, user)
        query = select(Occurrence).where(Occurrence.let_id == let.id, ~_seen())
        ahead = [one for one in session.scalars(query.order_by(Occurrence.on)) if is_ahead(one)]
        found = [one for one in ahead if rules.month_of(one.on) == rules.month_of(month)]
        if not found:
            raise RuleBroken("no-rent", "No date of that month is ahead that has not been asked for already.")  # fmt: skip
        for _whose, dates in groupby(sorted(found, key=_holder), key=_holder):
            together = list(dates)
            charge = _charge_month(session, let, together, {one.id for one in together})
            session.add(RentAhead(charge_id=charge.id))
        moves.record(session, let, let.state, step, user, role, why=format_date(month, "MMMM y"))
    return let


def _ahead_over():
    """What was asked for in advance and all of whose months are over."""
    dates = (
        exists()
        .where(ChargedDate.charge_id == RentAhead.charge_id)
        .where(ChargedDate.occurrence_id == Occurrence.id, Occurrence.on >= _this_month())
    )
    query = select(RentAhead.charge_id).join(Charge)
    return query.where(Charge.area_id == current_area().id, RentAhead.settled_on.is_(None), ~dates)


def _settle(charge_id: int) -> int:
    """What was given up in time is taken off again, for now it is known."""
    let_query = (
        select(Occurrence.let_id).join(ChargedDate).where(ChargedDate.charge_id == charge_id)
    )
    with transaction() as session:
        let = session.get_one(Let, session.scalars(let_query).first(), with_for_update=True)
        ahead = session.get_one(RentAhead, charge_id, with_for_update=True)
        if ahead.settled_on is not None:
            return 0
        ids = select(ChargedDate.occurrence_id).where(ChargedDate.charge_id == charge_id)
        dates = list(session.scalars(select(Occurrence).where(Occurrence.id.in_(ids))))
        cost = sum(rules.costs(one, _day(one)) for one in _due(let, dates))
        less = ahead.charge.pence // len(dates) * (len(dates) - cost)
        if less:
            why = _l("Dates that were given up in time, or cancelled.")
            crediting.credit(ahead.charge, less, why=why, words=_words(dates))
        ahead.settled_on = clock.today()
        return 1


def _this_month() -> date:
    return clock.today().replace(day=1)


def _waits() -> ColumnElement[bool]:
    """Lets with dates in months that are over, which rent has not looked at."""
    return and_(
        Let.area_id == current_area().id,
        Let.price_pence > 0,
        Let.state.in_(AGREED),
        Let.occurrences.any(_unseen()),
    )


def _unseen() -> ColumnElement[bool]:
    return and_(Occurrence.on < _this_month(), ~_seen())


def _seen() -> ColumnElement[bool]:
    seen = select(ChargedDate.occurrence_id).where(ChargedDate.occurrence_id == Occurrence.id)
    return seen.exists()


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
            made += _charge_month(session, let, list(dates), due) is not None
        return made


def _together(one: Occurrence) -> tuple[tuple[int, int], int]:
    """What is asked for together: a month's dates with one holder."""
    return rules.month_of(one.on), _holder(one)


def _charge_month(
    session: Session, let: Let, dates: list[Occurrence], due: set[int]
) -> Charge | None:
    counted = [one for one in dates if one.id in due]
    charge = _ask(let, counted) if counted else None
    for one in dates:
        charged = charge if one.id in due else None
        session.add(ChargedDate(occurrence_id=one.id, charge_id=charged.id if charged else None))
    session.flush()
    return charge


def _ask(let: Let, dates: list[Occurrence]) -> Charge | None:
    return charging.charge(
        ChargeKind.RENT,
        key=f"date:{dates[0].id}",
        pence=let.price_pence * len(dates),
        holder_id=_holder(dates[0]),
        group_id=let.group_id,
        about=deposits.about(let),
        path=deposits.path(let),
        words=_words(dates),
    )


def _words(dates: list[Occurrence]) -> LazyString:
    """For what the rent is: 4 dates in March 2027."""
    return LazyString(_dates_in, len(dates), min(one.on for one in dates))


def _dates_in(number: int, month: date) -> str:
    dates = ngettext("%(num)s date", "%(num)s dates", number)
    return _("%(dates)s in %(month)s", dates=dates, month=format_date(month, "MMMM y"))


def _holder(one: Occurrence) -> int:
    return one.room.holder_id


def _due(let: Let, dates: Iterable[Occurrence]) -> list[DateDue]:
    """Dates with who gave them up and when, as the history has it; only those that had been agreed."""
    agreed = next(
        (e.at for e in let.events if e.after in (LetState.CONFIRMED, LetState.RUNNING)), None
    )
    dates = [one for one in dates if agreed and one.ends > agreed]
    ids = [one.id for one in dates]
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
