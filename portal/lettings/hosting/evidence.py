"""Papers of a group that somebody has seen: insurance, safeguarding, who stands behind it. Said in words, never copied."""

from datetime import date

from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db, transaction
from portal.errors import NotFound, RuleBroken
from portal.lettings import doors, moves, queries
from portal.lettings.hosting import rules, words
from portal.lettings.hosting.access import RUNS
from portal.lettings.hosting.models import EvidenceSeen
from portal.lettings.hosting.rules import Paper
from portal.lettings.models import Let
from portal.lettings.rules import Insurance, LetState
from portal.people.models import Group, User
from portal.people.rules import Role


def of_group(group_id: int) -> dict[Paper, EvidenceSeen]:
    """What was seen last of each kind, good still or not; what was a mistake does not count."""
    query = (
        select(EvidenceSeen)
        .where(EvidenceSeen.group_id == group_id, EvidenceSeen.taken_back_at.is_(None))
        .order_by(EvidenceSeen.id)
    )
    return {row.kind: row for row in db.session.scalars(query)}


def lacking(let: Let) -> list[Paper]:
    """What the let's insurance needs and nobody has seen, or not good until its last date."""
    last = max((o.on for o in let.occurrences), default=clock.today())
    good = {
        kind
        for kind, row in of_group(let.group_id).items()
        if row.valid_until is None or row.valid_until >= last
    }
    return [paper for paper in rules.NEEDED[let.insurance] if paper not in good]


@doors.warning
def not_seen(let: Let) -> list[str]:
    """Before the broker approves: which paper nobody has seen."""
    return [str(words.NOT_SEEN[paper]) for paper in lacking(let)]


def note(
    by: int, let_id: int, *, kind: Paper, what: str, seen_on: date, valid_until: date | None = None
) -> EvidenceSeen:
    """The broker or an officer has seen a paper of a let's group. Saying the same twice is saying it once."""
    with transaction() as session:
        user = session.get_one(User, by)
        let = _let_run_by(user, let_id)
        session.get(Group, let.group_id, with_for_update=True)
        rules.check_seen(seen_on, valid_until, clock.today())
        said = {"kind": kind, "what": what, "seen_on": seen_on, "valid_until": valid_until}
        newest = of_group(let.group_id).get(kind)
        if newest and all(getattr(newest, name) == value for name, value in said.items()):
            return newest
        row = EvidenceSeen(
            **said,
            area_id=let.area_id,
            group_id=let.group_id,
            seen_by=user,
            written_at=clock.now(),
        )
        session.add(row)
    return row


def take_back(by: int, let_id: int, evidence_id: int) -> EvidenceSeen:
    """What was written down was a mistake: what was seen before counts again."""
    with transaction() as session:
        let = _let_run_by(session.get_one(User, by), let_id)
        row = session.get(EvidenceSeen, evidence_id, with_for_update=True)
        if row is None or row.group_id != let.group_id:
            raise NotFound("no-evidence", "There is no such note about this group.")
        if row.taken_back_at is not None:
            raise RuleBroken("taken-back", "This note has been taken back already.")
        row.taken_back_at = clock.now()
    return row


def stand_behind(by: int, let_id: int, *, sponsor: str, insurance: Insurance) -> Let:
    """The group says which body stands behind it, and whose insurance answers, as long as the broker has not answered.

    Another body is another word: what was seen of the one before does not count for it.
    """
    with transaction() as session:
        let, user = moves.load(session, let_id, by)
        group = session.get_one(Group, let.group_id, with_for_update=True)
        _check_group_may(let, queries.roles_towards(user, let))
        if insurance is Insurance.SPONSOR and not sponsor:
            raise RuleBroken(
                "no-sponsor",
                "Name the body that stands behind you, or choose the venue's cover: it costs you nothing.",
            )
        if (group.sponsor or "") != sponsor and (row := of_group(group.id).get(Paper.SPONSOR)):
            row.taken_back_at = clock.now()
        group.sponsor, let.insurance = sponsor or None, insurance
    return let


def may_say(let: Let, roles: set[Role]) -> bool:
    """Whether somebody may say whose insurance answers: the group, until the broker has answered."""
    return Role.ORGANISER in roles and let.state is LetState.REQUESTED


def _check_group_may(let: Let, roles: set[Role]) -> None:
    if Role.ORGANISER not in roles:
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    if not may_say(let, roles):
        raise RuleBroken(
            "not-now", "The broker has answered already. Ask the broker if something has changed."
        )


def _let_run_by(user: User, let_id: int) -> Let:
    let, roles = queries.let_for(user, let_id)
    if not roles & RUNS:
        raise NotFound("no-let", "There is no such let here, or it is not yours to see.")
    return let


def run_out_soon() -> list[EvidenceSeen]:
    """The newest papers of each group that run out within some weeks, the first to run out first."""
    today = clock.today()
    query = select(EvidenceSeen).where(
        EvidenceSeen.area_id == current_area().id,
        EvidenceSeen.taken_back_at.is_(None),
        EvidenceSeen.valid_until >= today,
    )
    found = [
        row for row in db.session.scalars(query) if rules.runs_out_soon(row.valid_until, today)
    ]
    newest = [row for row in found if of_group(row.group_id).get(row.kind) is row]
    return sorted(newest, key=lambda row: (row.valid_until, row.id))
