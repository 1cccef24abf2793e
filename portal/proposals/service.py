"""What the group, the broker at the door, and residents do. One function a user action."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas import profile as profiles
from portal.areas.queries import current_area
from portal.db import transaction
from portal.errors import RuleBroken
from portal.masking import without_homes
from portal.people import access
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.proposals import moves, rules
from portal.proposals.knowing import start_facts
from portal.proposals.models import Proposal, Representation
from portal.proposals.rules import Action, Track
from portal.proposals.writing.service import save_draft

__all__ = [
    "answer",
    "decline_repeat",
    "lodge",
    "represent",
    "return_incomplete",
    "save_draft",
    "start",
    "validate",
    "withdraw",
]


def start(asset_id: int, user_id: int, group_id: int) -> Proposal:
    """Begin a proposal; a group that has one for this place, not over yet, comes to that one."""
    with transaction() as session:
        asset = moves.lock_asset(session, asset_id)
        if asset.kind not in list(Track):
            raise RuleBroken(
                "rooms-are-let", "A room is asked for, not claimed. Use “Find a room”."
            )
        user = session.get_one(User, user_id)
        roles = access.roles_for(user, group_id=group_id, holder_id=asset.holder_id)
        held = profiles.in_force(current_area().profile, clock.today())
        # The group's row is the lock: two presses of the button, by one organiser or by two, begin one case.
        group = session.get_one(Group, group_id, with_for_update=True)
        if Role.ORGANISER in roles and (own := _own_case(session, asset_id, group_id)):
            return own
        row = rules.find(None, Action.START, roles, start_facts(asset, group, held))
        case = Proposal(
            asset=asset,
            group_id=group_id,
            organiser_id=user_id,
            track=Track(asset.kind.value),
            state=row.to,
            profile=held.name,
            profile_from=held.effective_from,
            created_at=clock.now(),
        )
        session.add(case)
        session.flush()
        moves.record(session, case, row, user=user, roles=roles)
    return case


def _own_case(session: Session, asset_id: int, group_id: int) -> Proposal | None:
    """The group's case about the place that is not over."""
    query = select(Proposal).where(
        Proposal.asset_id == asset_id,
        Proposal.group_id == group_id,
        Proposal.state.not_in(rules.OVER),
    )
    return session.scalars(query.order_by(Proposal.id)).first()


def lodge(case_id: int, user_id: int) -> None:
    """Hand the proposal in."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.LODGE)


def return_incomplete(case_id: int, user_id: int, missing: str) -> None:
    """The broker gives the proposal back with the list of what is missing; the clock does not run meanwhile."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.RETURN_INCOMPLETE, words=missing, why=missing)


def decline_repeat(case_id: int, user_id: int, why: str) -> None:
    """The broker does not take on what was refused not long ago. Source: COMPACT, "repeat"."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.DECLINE_REPEAT, words=why, why=why)


def validate(case_id: int, user_id: int, why: str = "") -> None:
    """The broker finds the proposal complete: the clock starts, and the case is published the same day.

    `why`: where the same use was refused not long ago, why it is taken on all the same.
    """
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.VALIDATE, words=why, why=why)


def represent(case_id: int, user_id: int, *, supports: bool, words: str) -> None:
    """Somebody speaks for or against; the words become public, the name does not.

    The words stand in one place only, not in the history too, so that they can be taken out.
    """
    said = without_homes(words.strip())
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.REPRESENT, words=said, why=_("For it.") if supports else _("Against it."))
        turn.session.add(
            Representation(
                proposal_id=case_id,
                user_id=user_id,
                supports=supports,
                words=said,
                on=clock.today(),
            )
        )


def answer(case_id: int, user_id: int, answers: Mapping[int, str]) -> None:
    """The group answers what was said: representation's id -> words. An answer once given stays."""
    with moves.turn(case_id, user_id) as turn:
        open_ones = {r.id: r for r in turn.case.representations if not (r.answer or r.hidden_on)}
        given = {number: words for number, words in answers.items() if words}
        turn.allowed(Action.ANSWER)
        if not given:
            raise RuleBroken("no-words", "Write an answer to at least one of them.")
        if not given.keys() <= open_ones.keys():
            raise RuleBroken("answered", "One of these has already been answered or taken out.")
        turn.take(Action.ANSWER, why=_("Answered: %(number)s.", number=len(given)))
        for number, words in given.items():
            open_ones[number].answer = without_homes(words)
            open_ones[number].answered_on = clock.today()


def withdraw(case_id: int, user_id: int, why: str = "") -> None:
    """The group takes its proposal back, and says why once others know of it."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.WITHDRAW, words=why, why=why)
