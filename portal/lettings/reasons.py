"""Why a room suits and what is in its way, as sentences with their values; `words.py` puts them into a reader's words."""

from collections.abc import Sequence
from datetime import date

from portal.errors import N_
from portal.lettings.rules import Reason, Wish
from portal.lettings.walltime import minutes_between
from portal.venues.hours import Door
from portal.venues.rooms import Room

# Of each access wish: what is said when it is there, and when nobody has checked.
ACCESS_REASONS = {
    "step_free": (N_("Step-free"), N_("Nobody has checked yet whether it is step-free.")),
    "hearing_loop": (
        N_("Hearing loop"),
        N_("Nobody has checked yet whether it has a hearing loop."),
    ),
    "accessible_toilet": (
        N_("Accessible toilet"),
        N_("Nobody has checked yet whether it has an accessible toilet."),
    ),
    "changing_place": (
        N_("Changing place"),
        N_("Nobody has checked yet whether it has a changing place."),
    ),
    "parking": (
        N_("Parking at the door"),
        N_("Nobody has checked yet whether there is parking."),
    ),
}
NO_ACCESS = {
    "step_free": N_("It is not step-free."),
    "hearing_loop": N_("It has no hearing loop."),
    "accessible_toilet": N_("It has no accessible toilet."),
    "changing_place": N_("It has no changing place."),
    "parking": N_("It has no parking."),
}

# How a door that lets a group in is told of. A term is told by its least convenient date.
AT_THE_DOOR = {
    Door.OPENED: N_("The building is closed then; somebody opens it for you."),
    Door.OPEN: N_("The building is open then."),
}
# And one that does not: code and sentence.
SHUT = {
    "closed": (
        Door.CLOSED,
        N_("Not for hire at that time on %(count)s of %(of)s dates: %(dates)s"),
    ),
    "bank-holiday": (
        Door.BANK_HOLIDAY,
        N_("Closed for bank holidays on %(count)s of %(of)s dates: %(dates)s"),
    ),
    "closure": (
        Door.CLOSURE,
        N_(
            "Its holder closes it, or does not let it in that part of the year, on %(count)s of %(of)s dates: %(dates)s"
        ),
    ),
    "nobody-opens": (
        Door.NOBODY,
        N_("The building is closed then, and nobody is named who opens it."),
    ),
    "hours-unknown": (Door.UNKNOWN, N_("Nobody has said yet when it can be hired.")),
}


# On foot, along streets: 4.8 km an hour, and a quarter more than the straight line.
METRES_A_MINUTE = 64


class Because:
    """Collects what speaks for a room and what is in its way, in the order a person asks."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.obstacles: list[Reason] = []

    def _for(self, code: str, sentence: str, **values: object) -> None:
        self.reasons.append(Reason(code, sentence, values))

    def _against(self, code: str, sentence: str, **values: object) -> None:
        self.obstacles.append(Reason(code, sentence, values))

    def when(self, wish: Wish, slot: Wish) -> None:
        """That it is free on another day or at another hour than those liked best, both of which would do."""
        hours = {"starts": slot.starts, "ends": slot.ends}
        minutes = minutes_between(wish.starts, slot.starts)
        if slot.weekday != wish.weekday:
            self._for(
                "when", N_("On %(weekday)s, %(starts)s to %(ends)s"), weekday=slot.weekday, **hours
            )
        elif minutes < 0:
            self._for(
                "when",
                N_("%(length)s earlier, %(starts)s to %(ends)s"),
                length=-minutes,
                **hours,
            )
        elif minutes > 0:
            self._for(
                "when", N_("%(length)s later, %(starts)s to %(ends)s"), length=minutes, **hours
            )

    def facilities(self, wish: Wish, room: Room) -> None:
        """What the group must find in it; what nobody has said is there is not."""
        for name in wish.facilities:
            if name in room.facilities:
                self._for(name, N_("%(facility)s"), facility=name)
            else:
                self._against(
                    "no-facility",
                    N_("Nobody has said that it has this: %(facility)s"),
                    facility=name,
                )

    def place(self, wish: Wish, metres: float | None) -> None:
        """How far it is, if the group said from where."""
        if wish.lon is None:
            return
        if metres is None:
            self._against("no-place", N_("Nobody has said yet exactly where it is."))
        elif metres > wish.within_m:
            self._against(
                "too-far",
                N_("%(distance)s from %(near)s, which is farther than you said"),
                distance=metres,
                near=wish.near,
            )
        else:
            self._for("distance", N_("%(distance)s from %(near)s"), distance=metres, near=wish.near)

    def stop(self, room: Room) -> None:
        """The way from the nearest stop, where stops are known."""
        if room.stop is not None:
            self._for(
                "stop",
                N_("%(walk)s from the stop %(stop)s"),
                walk=-(-int(room.stop.metres) // METRES_A_MINUTE),
                stop=room.stop.name,
            )

    def access(self, wish: Wish, room: Room) -> None:
        """A wish that nobody has checked is not met, and said to be unchecked."""
        for name, (there, unchecked) in ACCESS_REASONS.items():
            fact = getattr(room, name)
            if fact:
                self._for(name, there)
            elif getattr(wish, name):
                if fact is None:
                    self._against("unchecked", unchecked, fact=name)
                else:
                    self._against("no-access", NO_ACCESS[name])

    def price(self, wish: Wish, pence: int) -> None:
        """What a meeting costs, against what the group can pay."""
        if pence == 0:
            self._for("free", N_("Free of charge"))
        elif pence <= wish.max_pence:
            self._for("price", N_("%(pence)s for each meeting"), pence=pence)
        else:
            self._against(
                "too-dear",
                N_("%(pence)s for each meeting, which is more than you can pay"),
                pence=pence,
            )

    def size(self, wish: Wish, room: Room) -> None:
        """How many it holds."""
        if room.capacity is None:
            self._against("size-unknown", N_("Nobody has said yet how many people it holds."))
        elif room.capacity < wish.people:
            self._against(
                "too-small",
                N_("Holds %(holds)s, you are %(people)s"),
                holds=room.capacity,
                people=wish.people,
            )
        else:
            self._for(
                "size",
                N_("Holds %(holds)s, you are %(people)s"),
                holds=room.capacity,
                people=wish.people,
            )

    def dates(self, dates: Sequence[date], held: Sequence[bool], doors: Sequence[Door]) -> None:
        """Whether it is free and open on every date; which dates are not."""
        gone = [d for d, h in zip(dates, held, strict=True) if h]
        if gone:
            self._against(
                "taken",
                N_("Taken on %(count)s of %(of)s dates: %(dates)s"),
                count=len(gone),
                of=len(dates),
                dates=gone,
            )
        for code, (kind, sentence) in SHUT.items():
            shut = [d for d, at in zip(dates, doors, strict=True) if at is kind]
            if shut:
                self._against(code, sentence, count=len(shut), of=len(dates), dates=shut)
        if not gone and set(doors) <= set(AT_THE_DOOR):
            self._for("free-dates", N_("Free on all %(of)s dates"), of=len(dates))
            self._for("door", next(said for kind, said in AT_THE_DOOR.items() if kind in doors))

    def holidays(self, days: Sequence[date]) -> None:
        """Dates that are bank holidays; whether the room is open then was said before."""
        if days:
            self._for("holidays", N_("Bank holidays among your dates: %(dates)s"), dates=days)
