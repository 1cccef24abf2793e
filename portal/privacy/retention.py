"""What is forgotten because a day has passed, as far as no other room does it. May run late, twice, on two machines.

Each duty is one statement in one transaction: what is gone is gone, and whoever is killed in the middle has done nothing.
The periods are in terms.py.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from portal import clock
from portal.db import db, transaction
from portal.lettings.finding.models import SavedNeed
from portal.lettings.hosting.models import EntryNote, EvidenceSeen, KeyLoan
from portal.lettings.models import Let, LetEvent, Need, Occurrence, Waiting
from portal.lettings.rules import LIVE
from portal.notices.models import Letter, Mailbox
from portal.people.models import GroupInvitation, User
from portal.privacy import letters, terms, unused
from portal.privacy.kept import Term
from portal.proposals.judging.models import ScoreDraft
from portal.proposals.models import CaseFile, Proposal
from portal.register.models import Asset

Where = tuple[ColumnElement[bool], ...]


class Duty(NamedTuple):
    """Rows of a table that are due; `values` empties them, None deletes them."""

    model: type[Any]
    due: Callable[[], Where]
    values: Mapping[str, Any] | None = None


def last_day(term: Term) -> date:
    """What was on this day, or before it, has had its time."""
    return clock.today() - relativedelta(months=term.months, days=term.days)


def last_instant(term: Term) -> datetime:
    """The end of that day on the wall."""
    day = last_day(term) + relativedelta(days=1)
    return datetime.combine(day, time(), tzinfo=clock.LONDON)


def _over_since(term: Term) -> ColumnElement[bool]:
    """A let that is over, and whose last step was so long ago."""
    last = select(func.max(LetEvent.at)).where(LetEvent.let_id == Let.id).correlate(Let)
    return and_(Let.state.not_in(LIVE), last.scalar_subquery() < last_instant(term))


def _lets_over() -> Any:
    return select(Let.id).where(_over_since(terms.LET_NOTES))


def _needs_over() -> ColumnElement[bool]:
    """Needs whose last day has passed so long ago; those of lets that came to nothing, and of places given up, before."""
    lets = select(Let.need_id).where(_over_since(terms.LET_NOTES))
    waiting = select(Waiting.need_id).where(Waiting.left_at < last_instant(terms.WAITING))
    return or_(Need.last <= last_day(terms.NEEDS), Need.id.in_(lets), Need.id.in_(waiting))


def _nobody_written_to() -> ColumnElement[bool]:
    """Letters forget their addresses in time; where none has this one, only an account keeps it."""
    letters_to, accounts = select(func.lower(Letter.to)), select(User.email)
    return and_(Mailbox.address.not_in(letters_to), Mailbox.address.not_in(accounts))


def _nobody_goes_in() -> ColumnElement[bool]:
    rooms = select(Let.room_id).where(Let.state.in_(LIVE))
    buildings = select(Asset.parent_id).where(Asset.id.in_(rooms), Asset.parent_id.is_not(None))
    return and_(EntryNote.place_id.not_in(rooms), EntryNote.place_id.not_in(buildings))


def _never_shown() -> Any:
    return select(Proposal.id).where(
        Proposal.published_on.is_(None), Proposal.declared_on.is_(None), ~Proposal.notices.any()
    )


DUTIES: dict[Term, tuple[Duty, ...]] = {
    terms.INVITATIONS: (
        Duty(GroupInvitation, lambda: (GroupInvitation.expires_at < last_instant(terms.INVITATIONS),)),
    ),
    terms.MAILBOXES: (Duty(Mailbox, lambda: (_nobody_written_to(),)),),
    terms.NEEDS: (
        Duty(
            Need,
            lambda: (
                or_(Need.words != "", Need.near != ""), _needs_over(),
                Need.id.not_in(select(SavedNeed.need_id)),
            ),
            {"words": "", "near": "", "lon": None, "lat": None},
        ),
    ),
    terms.LET_NOTES: (
        Duty(Let, lambda: (Let.waiver.is_not(None), _over_since(terms.LET_NOTES)), {"waiver": None}),
        Duty(LetEvent, lambda: (LetEvent.why != "", LetEvent.let_id.in_(_lets_over())), {"why": ""}),
    ),
    terms.ATTENDANCE: (
        Duty(
            Occurrence,
            lambda: (Occurrence.people_came.is_not(None), Occurrence.on <= last_day(terms.ATTENDANCE)),
            {"people_came": None},
        ),
    ),
    terms.WAY_IN: (
        Duty(
            EntryNote,
            lambda: (EntryNote.words != "", EntryNote.written_at < last_instant(terms.WAY_IN), _nobody_goes_in()),
            {"words": ""},
        ),
    ),
    terms.KEYS: (
        Duty(
            KeyLoan,
            lambda: (KeyLoan.holder_name != "", KeyLoan.back_at < last_instant(terms.KEYS)),
            {"holder_name": ""},
        ),
    ),
    terms.PAPERS: (
        Duty(
            EvidenceSeen,
            lambda: (
                EvidenceSeen.what != "",
                or_(EvidenceSeen.taken_back_at < last_instant(terms.PAPERS), EvidenceSeen.valid_until <= last_day(terms.PAPERS)),
            ),
            {"what": ""},
        ),
    ),
    terms.DRAFTS: (
        Duty(CaseFile, lambda: (CaseFile.proposal_id.in_(_never_shown()), CaseFile.added_at < last_instant(terms.DRAFTS))),
    ),
    terms.SCORE_DRAFTS: (
        Duty(ScoreDraft, lambda: (ScoreDraft.saved_at < last_instant(terms.SCORE_DRAFTS),)),
    ),
}  # fmt: skip

# What is more than one statement, and has a file of its own.
ELSEWHERE_HERE = frozenset({terms.LETTERS, terms.ACCOUNTS, terms.WAITING})


def tick() -> int:
    """Forget what is due; returns how many rows were deleted or emptied."""
    done = sum(
        _safely(lambda duty=duty: act(duty)) for duties in DUTIES.values() for duty in duties
    )
    done += _safely(lambda: letters.tick(last_instant(terms.LETTERS)))
    return done + unused.tick(last_day(terms.ACCOUNTS))


def _safely(take: Callable[[], int]) -> int:
    try:
        return take()
    except Exception:  # one that is broken must not keep the others
        current_app.logger.exception("tick: forgetting")
        return 0


def act(duty: Duty) -> int:
    """Do one duty where there is anything to do: to look costs no writer's turn."""
    where = duty.due()
    if db.session.scalar(select(func.count()).select_from(duty.model).where(*where)) == 0:
        return 0
    change = delete(duty.model) if duty.values is None else update(duty.model).values(duty.values)
    with transaction() as session:
        answer = session.execute(change.where(*where).execution_options(synchronize_session=False))
        return answer.rowcount
