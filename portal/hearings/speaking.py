"""What somebody does who wants to speak at a hearing: ask, change it, step back."""

from typing import NamedTuple

from portal import clock
from portal.errors import RuleBroken
from portal.hearings import letters, queries, rules
from portal.hearings.models import Hearing, Speaker
from portal.hearings.rules import Coming, Side, Stands
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.standing import check_acts_as


class Wish(NamedTuple):
    """How somebody wants to speak. Name and needs are for the chair and the broker."""

    name: str
    side: Side
    coming: Coming
    needs: str = ""


def ask(case_id: int, user_id: int, wish: Wish) -> None:
    """Put somebody on the list, or change what they asked for; each stands on it once."""
    with moves.turn(case_id, user_id) as turn:
        hearing = _open(turn)
        rules.check_may_speak(turn.roles)
        if wish.coming not in ways_in(hearing):
            raise RuleBroken(
                "no-way-in", "This hearing cannot be joined in that way. Choose another."
            )
        mine = queries.speaker(hearing, turn.user)
        if mine is None:
            mine = Speaker(hearing_id=hearing.id, user=turn.user, asked_at=clock.now())
            turn.session.add(mine)
        for name, value in wish._asdict().items():
            setattr(mine, name, value)
        turn.session.flush()
        letters.of_asking(hearing, mine)


def step_back(case_id: int, user_id: int) -> None:
    """Take somebody off the list, and what they told us with it; who is not on it is off it already."""
    with moves.turn(case_id, user_id) as turn:
        hearing = _there(turn)
        mine = queries.speaker(hearing, turn.user)
        if mine is not None:
            turn.session.delete(mine)


def move(case_id: int, user_id: int, speaker_id: int, *, later: bool) -> None:
    """The chair lets somebody speak one turn earlier or later; from then on the order is the chair's own."""
    with moves.turn(case_id, user_id) as turn:
        check_acts_as(turn.case, turn.user, Role.CHAIR)
        hearing = _there(turn)
        order = [number for number, _side in rules.in_order(hearing.speakers)]
        if speaker_id not in order:
            raise RuleBroken("no-speaker", "They are not on the list of speakers any more.")
        places = rules.moved(order, speaker_id, 1 if later else -1)
        for one in hearing.speakers:
            one.place = places.index(one.id)


def ways_in(hearing: Hearing) -> list[Coming]:
    """How one can take part in this hearing."""
    there = {Coming.ROOM: True, Coming.VIDEO: hearing.remote_link, Coming.PHONE: hearing.phone_in}
    return [way for way, is_there in there.items() if is_there]


def _there(turn: moves.Turn) -> Hearing:
    hearing = queries.of_round(turn.case)
    if hearing is None or hearing.stands is not Stands.COMING:
        raise RuleBroken("no-hearing", "There is no hearing ahead in this case now.")
    return hearing


def _open(turn: moves.Turn) -> Hearing:
    hearing = _there(turn)
    if clock.today() > hearing.speak_until:
        raise RuleBroken(
            "too-late",
            "The last day to ask to speak was %(day)s. You can come and listen, and the chair may let you speak.",
            day=hearing.speak_until,
        )
    return hearing
