"""What happens to petitions because a day has passed. May run late, twice, or on two machines: each is done once."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from flask import current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.notices import service as notices
from portal.petitions import letters, queries, service
from portal.petitions.knowing import SIGNABLE
from portal.petitions.models import PaperCount, Petition, PetitionSignature
from portal.petitions.rules import KEPT_MONTHS, LINK_LIVES, PAPER_LATER
from portal.proposals.models import CaseEvent, CaseFile, Proposal
from portal.proposals.rules import UNDECIDED, State
from portal.register.models import Asset

# As long as a case is in one of these, who signed it still matters to it.
MATTERS = frozenset(
    {State.DRAFT, State.INTEREST, State.LODGED, State.RETURNED, State.VALIDATED, *UNDECIDED}
)


def tick() -> int:
    """Close what has run out, tell of hearings, forget who signed. Returns how many petitions or names it acted on."""
    return (
        _each(_running_out(), close)
        + _each(_untold(), tell)
        + _unanswered()
        + _each(_old(), forget)
    )


def _each(ids: list[int], act) -> int:
    """Each petition in its own transaction; one that fails does not hold up the others."""
    done = 0
    for petition_id in ids:
        try:
            with transaction() as session:
                done += act(session, session.get(Petition, petition_id, with_for_update=True))
        except Exception:  # as above
            current_app.logger.exception("tick: petition %s", petition_id)
    return done


def _ids(*where) -> list[int]:
    query = select(Petition.id).join(Proposal).join(Asset)
    query = query.where(Asset.area_id == current_area().id, *where)
    return list(db.session.scalars(query.order_by(Petition.id)))


def _running_out() -> list[int]:
    over = or_(Petition.closes_on < clock.today(), Proposal.state.not_in(SIGNABLE))
    return _ids(Petition.closed_at.is_(None), over)


def close(session: Session, petition: Petition) -> bool:
    """Its last day is over, or its case has gone on to where nobody signs any more."""
    on_its_day = petition.closes_on < clock.today()
    over = on_its_day or petition.proposal.state not in SIGNABLE
    if petition.closed_at is not None or not over:
        return False
    petition.closed_at = clock.now()
    letters.of_closing(petition, on_its_day=on_its_day)
    session.flush()
    return True


def _untold() -> list[int]:
    return _ids(
        Petition.reached_at.is_not(None),
        Petition.told_at.is_(None),
        Proposal.hearing_opened_on.is_not(None),
    )


def tell(session: Session, petition: Petition) -> bool:
    """The hearing that they signed for has been opened: a letter to those who asked for one."""
    if petition.told_at is not None or petition.proposal.hearing_opened_on is None:
        return False
    petition.told_at = clock.now()
    letters.of_hearing(petition)
    session.flush()
    return True


def _unanswered() -> int:
    """An address that nobody confirmed within the week of its link is not kept, nor its letters."""
    old = (
        PetitionSignature.confirmed_at.is_(None),
        PetitionSignature.written_at <= clock.now() - LINK_LIVES,
        PetitionSignature.petition_id.in_(_ids()),
    )
    if db.session.scalar(select(PetitionSignature.id).where(*old).limit(1)) is None:
        return 0
    with transaction() as session:
        found = list(session.scalars(select(PetitionSignature).where(*old).with_for_update()))
        for one in found:
            service.forget(session, one)
    return len(found)


def _old() -> list[int]:
    """Petitions whose case was decided or over so many months ago."""
    before = clock.today() - relativedelta(months=KEPT_MONTHS)
    moved = (
        select(CaseEvent.id)
        .where(CaseEvent.proposal_id == Proposal.id, CaseEvent.on > before)
        .where(CaseEvent.from_state.in_(MATTERS))
        .exists()
    )
    return _ids(
        Petition.forgotten_at.is_(None),
        Petition.closes_on < clock.today() - timedelta(days=PAPER_LATER.days),
        Proposal.state.not_in(MATTERS),
        ~moved,
    )


def forget(session: Session, petition: Petition) -> bool:
    """Names, addresses, postcodes, scans and letters go; how many signed in which ward stays."""
    if petition.forgotten_at is not None or petition.proposal.state in MATTERS:
        return False
    for one in session.scalars(
        select(PetitionSignature).where(PetitionSignature.petition_id == petition.id)
    ):
        notices.forget(letters.prefix_of(one))
    session.execute(
        update(PetitionSignature)
        .where(PetitionSignature.petition_id == petition.id)
        .values(email=None, name=None, postcode=None, same_person=None, token_hash=None)
    )
    scans = [paper.file_id for paper in queries.papers(petition) if paper.file_id]
    session.execute(
        update(PaperCount).where(PaperCount.petition_id == petition.id).values(file_id=None)
    )
    session.execute(delete(CaseFile).where(CaseFile.id.in_(scans)))
    petition.forgotten_at = clock.now()
    session.flush()
    return True
