"""The deposit that a room asks for: of a let that a standing approval answers, of a single date, and as the broker's start."""

from collections.abc import Collection

from sqlalchemy import select

from portal.db import db, transaction
from portal.errors import RuleBroken
from portal.lettings.hosting.access import run_place
from portal.lettings.models import Let
from portal.lettings.paying import deposits
from portal.lettings.paying.models import RoomDeposit
from portal.people.models import User
from portal.register.models import Asset
from portal.register.rules import Kind

# What nobody would ask a group for: a slip of the keyboard.
MOST_PENCE = 1_000_00


def of_room(room_id: int) -> int:
    """Pence that a room asks for; 0 for none."""
    found = db.session.get(RoomDeposit, room_id)
    return found.pence if found else 0


def of_rooms(room_ids: Collection[int]) -> dict[int, int]:
    """The same of several rooms; those that ask for none are left out."""
    query = select(RoomDeposit).where(RoomDeposit.room_id.in_(room_ids))
    return {one.room_id: one.pence for one in db.session.scalars(query)}


def set_for(by: int, room_id: int, *, pence: int) -> Asset:
    """An officer of the holder, or the broker, says what deposit a room asks for from now on; 0 takes it away."""
    with transaction() as session:
        session.get(Asset, room_id, with_for_update=True)
        room = run_place(session.get_one(User, by), room_id)
        if room.kind is not Kind.ROOM:
            raise RuleBroken("not-a-room", "Only rooms are let by the hour. Choose a room.")
        if not 0 <= pence <= MOST_PENCE:
            raise RuleBroken("deposit-too-much", "A deposit is £1,000 at most. Write a smaller amount.")  # fmt: skip
        found = session.get(RoomDeposit, room_id)
        if found is not None and not pence:
            session.delete(found)
        elif found is not None:
            found.pence = pence
        elif pence:
            session.add(RoomDeposit(room_id=room_id, pence=pence))
    return room


def ask(let: Let) -> None:
    """Ask the group of a new let for what its room asks for, in the caller's transaction."""
    if pence := of_room(let.room_id):
        deposits.ask(let, pence)
