"""What the broker does with a petition: count paper, correct a count, look at likely doubles."""

from hashlib import sha256

from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.errors import RuleBroken
from portal.people.rules import Role
from portal.petitions import letters, queries, rules
from portal.petitions.models import PaperCount, Petition, PetitionSignature
from portal.petitions.rules import OnPaper
from portal.petitions.service import reach
from portal.proposals import files, moves
from portal.proposals.filing import FileKind
from portal.proposals.rules import Action
from portal.proposals.standing import check_acts_as
from portal.web import day


def count_paper(case_id: int, user_id: int, scan: files.Sent | None, counted: OnPaper) -> None:
    """Add what stands on sheets of paper, with their scan. The same scan again is refused."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.COUNT_PAPER, paper=scan is not None)
        rules.check_paper(counted)
        petition = queries.petition_of(case_id)
        digest = sha256(scan.data).hexdigest()
        _refuse_twice(petition, digest)
        kept = files.keep(turn, FileKind.PAPER_SIGNATURES, scan)
        _add(turn, petition, counted, file_id=kept.id, sha256=digest)
        turn.take(Action.COUNT_PAPER, why=in_words(counted), paper=True)


def correct_paper(case_id: int, user_id: int, paper_id: int, counted: OnPaper, why: str) -> None:
    """A count was wrong: a new one stands in its place and says so. The old one stays to be read."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.COUNT_PAPER, paper=True)
        rules.check_paper(counted)
        if not why:
            raise RuleBroken("no-words", "Say why the count is corrected.")
        petition = queries.petition_of(case_id)
        wrong = _standing(petition, paper_id)
        _add(turn, petition, counted, file_id=wrong.file_id, corrects_id=wrong.id, why=why)
        told = _(
            "This corrects a count of %(day)s. %(now)s %(why)s",
            day=day(wrong.on),
            now=in_words(counted),
            why=why,
        )
        turn.take(Action.COUNT_PAPER, why=told, paper=True)


def _add(turn: moves.Turn, petition: Petition, counted: OnPaper, **more: object) -> None:
    turn.session.add(
        PaperCount(
            petition_id=petition.id,
            **counted._asdict(),
            on=clock.today(),
            user_id=turn.user.id,
            **more,
        )
    )
    turn.session.flush()
    reach(turn.session, petition)


def in_words(counted: OnPaper) -> str:
    """A count for the public history: numbers, never names."""
    return _(
        "%(valid)s counted; %(struck)s struck out (%(double)s had signed before, %(outside)s from outside, "
        "%(unreadable)s could not be read).",
        struck=counted.struck,
        **counted._asdict(),
    )


def _refuse_twice(petition: Petition, digest: str) -> None:
    before = next((paper for paper in queries.papers(petition) if paper.sha256 == digest), None)
    if before is not None:
        raise RuleBroken(
            "same-sheet",
            "This scan was counted on %(day)s already. If that count was wrong, correct it below.",
            day=before.on,
        )


def _standing(petition: Petition, paper_id: int) -> PaperCount:
    """The count to correct, unless a later one stands in its place."""
    found = queries.paper(petition, paper_id)
    if found not in queries.standing_papers(petition):
        raise RuleBroken(
            "corrected", "This count has been corrected already. Look at the newer one."
        )
    return found


def look(case_id: int, user_id: int, signature_ids: list[int], *, strike: int | None) -> None:
    """A broker has looked at signatures that are likely one person's: all are kept, or one of them is struck out."""
    with moves.turn(case_id, user_id) as turn:
        check_acts_as(turn.case, turn.user, Role.BROKER)
        query = (
            select(PetitionSignature)
            .join(Petition)
            .where(Petition.proposal_id == case_id, PetitionSignature.id.in_(signature_ids))
            .order_by(PetitionSignature.id)
        )
        found = list(turn.session.scalars(query.with_for_update()))
        if len(found) < len(set(signature_ids)) or any(one.struck_at for one in found):
            raise RuleBroken(
                "looked-at", "Something has changed here in the meantime. Look at the list again."
            )
        for one in found:
            one.looked_at, one.looked_by_id = clock.now(), user_id
            if one.id == strike:
                one.struck_at = clock.now()
                letters.of_striking(one)
