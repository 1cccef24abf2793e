"""How a group lets the neighbourhood know: its interest, and the sign on the site."""

from datetime import date

from flask_babel import gettext as _

from portal import clock
from portal.errors import N_, RuleBroken
from portal.proposals import files, moves
from portal.proposals.filing import FileKind
from portal.proposals.models import CaseFile
from portal.proposals.rules import Action
from portal.web import day


def register_interest(case_id: int, user_id: int) -> None:
    """From now on anybody may read that the group intends to ask for this place."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.REGISTER_INTEREST)


def show_sign(case_id: int, user_id: int, photo: files.Sent | None, taken_on: date | None) -> None:
    """The sign is up: a photo of it in its place, and the day it shows. The first such day counts."""
    with moves.turn(case_id, user_id) as turn:
        case = turn.case
        first = case.sign_shown_on or taken_on
        turn.allowed(
            Action.SHOW_SIGN,
            paper=photo is not None,
            day=taken_on,
            earliest=case.created_at.date(),
            latest=clock.today(),
        )
        kept = files.keep(turn, FileKind.SIGN, photo, taken_on=taken_on)
        if any(_same(kept, one) for one in case.files if one.id != kept.id):
            raise RuleBroken("photo-there", N_("This photo of that day is here already."))
        case.sign_shown_on = min(first, taken_on)
        turn.take(
            Action.SHOW_SIGN,
            why=_("The photo was taken on %(day)s.", day=day(taken_on)),
            on=case.sign_shown_on,
            paper=True,
            day=taken_on,
        )


def _same(one: CaseFile, other: CaseFile) -> bool:
    """Whether a photo was sent twice: a second press of the button proves nothing new."""
    alike = (other.kind, other.taken_on, other.size) == (one.kind, one.taken_on, one.size)
    return alike and other.data == one.data
