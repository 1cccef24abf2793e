"""Keys out and back: which key, who of the let's group has it, by when it should be back."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings.hosting import rules
from portal.lettings.hosting.access import staff_of
from portal.lettings.hosting.entry import GO_IN
from portal.lettings.hosting.models import KeyLoan
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import OccurrenceState
from portal.people.models import User
from portal.people.queries import organisers


def staffed(user: User, let_id: int) -> Let:
    """A let whose keys somebody keeps: the broker, an officer of the holder, who opens the room. Raises NotFound."""
    let = db.session.get(Let, let_id)
    if let is None or let.area_id != current_area().id or not keeps_keys(user, let):
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    return let


def keeps_keys(user: User, let: Let) -> bool:
    """Whether somebody gives out the keys of a let."""
    rooms = {let.room_id: let.room} | {o.other_room_id: o.other_room for o in let.occurrences if o.other_room}  # fmt: skip
    return any(staff_of(user, room) for room in rooms.values())


def give(by: int, let_id: int, *, what: str, to: str, due_on: date) -> KeyLoan:
    """A key is given to somebody of the let's group. The same key is out only once."""
    with transaction() as session:
        session.get(Let, let_id, with_for_update=True)
        let = staffed(session.get_one(User, by), let_id)
        if let.state not in GO_IN:
            raise RuleBroken(
                "not-now", "Keys are given out only while a let is confirmed or running."
            )
        if due_on < clock.today():
            raise RuleBroken(
                "in-the-past", "The day to bring it back has gone by. Choose a later one."
            )
        for loan in out_of_let(let.id):
            if loan.what.casefold() == what.casefold():
                if loan.holder_name == to and loan.due_on == due_on:
                    return loan
                raise RuleBroken("key-out", "This key is out already. Record it as back first.")
        loan = KeyLoan(
            area_id=let.area_id,
            let_id=let.id,
            what=what,
            holder_name=to,
            due_on=due_on,
            out_at=clock.now(),
            out_by_id=by,
        )
        session.add(loan)
    return loan


def back(by: int, let_id: int, loan_id: int) -> KeyLoan:
    """The key is back. Twice is once."""
    with transaction() as session:
        let = staffed(session.get_one(User, by), let_id)
        loan = session.get(KeyLoan, loan_id, with_for_update=True)
        if loan is None or loan.let_id != let.id:
            raise NotFound("no-key", "There is no such key of this let.")
        if loan.back_at is None:
            loan.back_at, loan.back_by_id = clock.now(), by
    return loan


def of_let(let_id: int) -> list[KeyLoan]:
    """Every key of a let that was ever out, the last one first."""
    return of_lets([let_id]).get(let_id, [])


def of_lets(let_ids: Collection[int]) -> dict[int, list[KeyLoan]]:
    """Every key of these lets that was ever out, by let, the last one first."""
    query = select(KeyLoan).where(KeyLoan.let_id.in_(let_ids)).order_by(KeyLoan.id.desc())
    found: dict[int, list[KeyLoan]] = {}
    for loan in db.session.scalars(query):
        found.setdefault(loan.let_id, []).append(loan)
    return found


def out_of_let(let_id: int) -> list[KeyLoan]:
    """The keys of a let that are out now."""
    return [loan for loan in of_let(let_id) if loan.back_at is None]


def out_now(user: User) -> list[KeyLoan]:
    """All keys that are out and that concern somebody who keeps keys, overdue first: for the desk."""
    query = select(KeyLoan).where(KeyLoan.area_id == current_area().id, KeyLoan.back_at.is_(None))
    found = db.session.scalars(query.order_by(KeyLoan.due_on, KeyLoan.id))
    return [loan for loan in found if keeps_keys(user, loan.let)]


def is_overdue(loan: KeyLoan) -> bool:
    """Whether a key should be back by now."""
    return loan.back_at is None and loan.due_on < clock.today()


def suggested(let: Let, loans: Sequence[KeyLoan]) -> dict[str, object]:
    """What the form says by itself, so that one tap is enough: the key and person of last time, back the day after."""
    people = [] if loans else organisers(let.group_id)
    ahead = [o.on for o in let.occurrences if _to_come(o)]
    return {
        "key_what": loans[0].what if loans and loans[0].back_at else "",
        "key_to": loans[0].holder_name if loans else people[0].shown_name if people else "",
        "key_due": rules.due_after(min(ahead, default=clock.today())),
    }


def _to_come(occurrence: Occurrence) -> bool:
    return occurrence.state is OccurrenceState.PLANNED and occurrence.ends > clock.now()
