"""What the group, the broker at the door, and residents do. One function a user action."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.areas import profile as profiles
from portal.areas.queries import current_area
from portal.db import transaction
from portal.errors import Forbidden, RuleBroken
from portal.people import access
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.proposals import moves, rules
from portal.proposals.benefit import Side
from portal.proposals.knowing import start_facts
from portal.proposals.models import Proposal, Representation
from portal.proposals.rules import Action, Track
from portal.proposals.standing import set_benefits

# What the group writes in its draft, besides the benefits.
WRITTEN = (
    "title",
    "use",
    "use_kind",
    "backing",
    "timescale",
    "term_months",
    "costs",
    "insurance",
    "responsible",
    "safeguarding",
)


def start(asset_id: int, user_id: int, group_id: int) -> Proposal:
    """Begin a proposal; a second press of the button opens the one that was begun."""
    with transaction() as session:
        asset = moves.lock_asset(session, asset_id)
        if asset.kind not in list(Track):
            raise RuleBroken(
                "rooms-are-let", "A room is asked for, not claimed. Use “Find a room”."
            )
        # The person's row is the lock: two presses of the button by one person come one after the other.
        user = session.get_one(User, user_id, with_for_update=True)
        same = select(Proposal).where(
            Proposal.asset_id == asset_id,
            Proposal.group_id == group_id,
            Proposal.state.in_(rules.EDITABLE),
        )
        roles = access.roles_for(user, group_id=group_id, holder_id=asset.holder_id)
        held = profiles.in_force(current_area().profile, clock.today())
        group = session.get_one(Group, group_id)
        row = rules.find(None, Action.START, roles, start_facts(asset, group, held))
        if draft := session.scalar(same):
            return draft
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


def save_draft(
    case_id: int, user_id: int, values: Mapping[str, object], benefits: Mapping[str, tuple]
) -> None:
    """Keep what has been written so far; nothing is refused for being unfinished.

    `values` by the names in WRITTEN; `benefits`: criterion -> (gain, evidence).
    """
    with moves.turn(case_id, user_id) as turn:
        if Role.ORGANISER not in turn.roles:
            raise Forbidden("not-your-part", "Only the group can change its proposal.")
        if turn.case.state not in rules.EDITABLE:
            raise RuleBroken(
                "not-now",
                "The proposal has been lodged, so it cannot be changed now. The broker can return it to you.",
            )
        for name in WRITTEN:
            if name in values:
                setattr(turn.case, name, values[name] or None)
        set_benefits(turn.case, Side.PROPOSAL, dict(benefits))


def lodge(case_id: int, user_id: int) -> None:
    """Hand the proposal in."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.LODGE)


def return_incomplete(case_id: int, user_id: int, missing: str) -> None:
    """The broker gives the proposal back with the list of what is missing; the clock does not run meanwhile."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.RETURN_INCOMPLETE, words=missing, why=missing)


def validate(case_id: int, user_id: int, why: str = "") -> None:
    """The broker finds the proposal complete: the clock starts, and the case is published the same day.

    `why`: where the same use was refused not long ago, why it is taken on all the same.
    """
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.VALIDATE, words=why, why=why)


def represent(case_id: int, user_id: int, *, supports: bool, words: str) -> None:
    """Somebody speaks for or against; the words become public, the name does not."""
    with moves.turn(case_id, user_id) as turn:
        why = _("For: %(words)s", words=words) if supports else _("Against: %(words)s", words=words)
        turn.take(Action.REPRESENT, words=words, why=why)
        turn.session.add(
            Representation(
                proposal_id=case_id,
                user_id=user_id,
                supports=supports,
                words=words,
                on=clock.today(),
            )
        )


def answer(case_id: int, user_id: int, answers: Mapping[int, str]) -> None:
    """The group answers what was said: representation's id -> words. An answer once given stays."""
    with moves.turn(case_id, user_id) as turn:
        open_ones = {r.id: r for r in turn.case.representations if r.answer is None}
        given = {number: words for number, words in answers.items() if words}
        turn.allowed(Action.ANSWER)
        if not given:
            raise RuleBroken("no-words", "Write an answer to at least one of them.")
        if not given.keys() <= open_ones.keys():
            raise RuleBroken("answered", "One of these has already been answered.")
        turn.take(Action.ANSWER, why=_("Answered: %(number)s.", number=len(given)))
        for number, words in given.items():
            open_ones[number].answer = words
            open_ones[number].answered_on = clock.today()


def withdraw(case_id: int, user_id: int, why: str = "") -> None:
    """The group takes its proposal back."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.WITHDRAW, why=why)
