"""Letters that a day brings: the way in the day before, a key that is not back, a paper that runs out.

Safe late, twice, on two machines: each thing is looked at again under its lock, and a letter's key writes it once.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.language import paragraphs
from portal.lettings import walltime
from portal.lettings.hosting import entry, evidence, keys, words
from portal.lettings.hosting.models import EntryNote, EvidenceSeen, KeyLoan
from portal.lettings.models import Let, Occurrence
from portal.lettings.rules import OccurrenceState
from portal.lettings.words import full, local
from portal.notices import service as notices
from portal.notices.models import Letter
from portal.people import queries as people
from portal.people.models import Group
from portal.people.rules import Role


def tick() -> int:
    """Write what is due now; returns how many things were told."""
    done = 0
    for found, tell in ((_dates(), _tell_date), (_loans(), _tell_loan), (_papers(), _tell_paper)):
        done += sum(_safely(tell, row_id) for row_id in found)
    return done


def _safely(tell: Callable[[Session, int], int], row_id: int) -> int:
    try:
        with transaction() as session:
            return tell(session, row_id)
    except Exception:  # one that is broken must not stop the letters of all others
        current_app.logger.exception("tick: %s %s", tell.__name__, row_id)
        return 0


def _dates() -> list[int]:
    """Dates of tomorrow, and of today that have not begun, whose group has not been told how to get in."""
    if db.session.scalar(select(EntryNote.id).where(EntryNote.words != "").limit(1)) is None:
        return []
    now, tomorrow = clock.now(), clock.today() + timedelta(days=1)
    query = (
        select(Occurrence.id, Occurrence.starts)
        .join(Let)
        .where(
            Let.area_id == current_area().id,
            Let.state.in_(entry.GO_IN),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.starts > now,
            Occurrence.starts < now + timedelta(days=2),
        )
        .order_by(Occurrence.starts, Occurrence.id)
    )
    due = [(i, s) for i, s in db.session.execute(query) if walltime.wall(s).date() <= tomorrow]
    told = _told("way-in:", days=3)
    return [i for i, starts in due if f"way-in:{i}:{starts:%Y%m%d%H%M}" not in told]


def _tell_date(session: Session, date_id: int) -> int:
    date = session.get_one(Occurrence, date_id)
    let = session.get_one(Let, date.let_id, with_for_update=True)
    session.refresh(date)
    stands = date.state is OccurrenceState.PLANNED and let.state in entry.GO_IN
    room = date.room
    if not stands or date.starts <= clock.now() or not entry.notes_of(room):
        return 0
    _write(
        people.organiser_emails(let.group_id),
        _l("How you get into the room"),
        lambda: (
            _("You meet on %(when)s.", when=local(date.starts)),
            f"{let.group.name}\n{room.name}",
            _(
                "How you get in stands on this page until you are done. Sign in to read it, and do not pass it on: it can change at any time."
            ),
            _link(f"/lets/{let.id}/way-in"),
        ),
        f"way-in:{date.id}:{date.starts:%Y%m%d%H%M}",
    )
    return 1


def _loans() -> list[int]:
    query = select(KeyLoan.id, KeyLoan.due_on).where(
        KeyLoan.area_id == current_area().id,
        KeyLoan.back_at.is_(None),
        KeyLoan.due_on < clock.today(),
    )
    told = _told("key-overdue:", days=400)
    found = db.session.execute(query.order_by(KeyLoan.id))
    return [i for i, due_on in found if f"key-overdue:{i}:{due_on}" not in told]


def _tell_loan(session: Session, loan_id: int) -> int:
    loan = session.get_one(KeyLoan, loan_id, with_for_update=True)
    if not keys.is_overdue(loan):
        return 0
    let = loan.let
    _write(
        [*people.organiser_emails(let.group_id), loan.out_by.email],
        _l("A key is not back yet"),
        lambda: (
            _("A key should have been back by %(day)s.", day=full(loan.due_on)),
            "\n".join((loan.what, _("with %(who)s", who=loan.holder_name), let.room.name)),
            _(
                "Please bring it back, or tell whoever gave it to you what has become of it: others wait for it."
            ),
            _link(f"/lets/{let.id}"),
        ),
        f"key-overdue:{loan.id}:{loan.due_on}",
    )
    return 1


def _papers() -> list[int]:
    told = _told("paper:", days=60)
    return [row.id for row in evidence.run_out_soon() if f"paper:{row.id}" not in told]


def _tell_paper(session: Session, paper_id: int) -> int:
    paper = session.get_one(EvidenceSeen, paper_id)
    session.get(Group, paper.group_id, with_for_update=True)
    if evidence.of_group(paper.group_id).get(paper.kind) is not paper or not paper.valid_until:
        return 0
    let_id = session.scalar(
        select(Let.id).where(Let.group_id == paper.group_id).order_by(Let.id.desc()).limit(1)
    )
    _write(
        people.emails_with_role(Role.BROKER),
        _l("A paper of a group runs out"),
        lambda: (
            _("A paper of a group runs out on %(day)s.", day=full(paper.valid_until)),
            f"{paper.group.name}\n{words.PAPERS[paper.kind]}: {words.seen(paper)}",
            _("Ask the group for the newer one, look at it, and write down that you have seen it."),
            _link(f"/lets/{let_id}" if let_id else "/lets"),
        ),
        f"paper:{paper.id}",
    )
    return 1


def _write(
    to: Iterable[str], subject: LazyString, say: Callable[[], Iterable[str]], key: str
) -> None:
    body = paragraphs(say)
    for address in dict.fromkeys(to):
        notices.write(to=address, subject=subject, body=body, key=f"{key}:{address}")


def _told(prefix: str, days: int) -> set[str]:
    """The things that letters of the last days whose keys begin so have told of: their keys without the address."""
    since = clock.now() - timedelta(days=days)
    query = select(Letter.key).where(Letter.key.startswith(prefix), Letter.written_at > since)
    found = db.session.scalars(query)
    return {key.rpartition(":")[0] for key in found}


def _link(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"
