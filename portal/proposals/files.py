"""The files of a case: made harmless first, then kept inside the transaction of the step they belong to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal import clock, papers
from portal.db import db
from portal.errors import N_, NotFound
from portal.papers import Paper
from portal.people.models import User
from portal.proposals import moves
from portal.proposals.filing import MOST_FILES, PUBLIC, FileKind
from portal.proposals.models import CaseFile, Proposal
from portal.proposals.moves import Turn
from portal.proposals.queries import may_open
from portal.proposals.writing.service import may_write

NONE_HERE = N_("There is no such file, or it is not for everybody.")


class Sent(NamedTuple):
    """A file as somebody sent it: its bytes, what it was called, and what it shows in a few words."""

    data: bytes
    name: str
    shows: str = ""


class Ready(NamedTuple):
    """A file that was made harmless already: reading one may take a minute, and no lock should wait for it."""

    paper: Paper
    name: str
    shows: str = ""


def ready(sent: Sent) -> Ready:
    """The file as it may be kept. Raises BadInput where we cannot make it harmless."""
    paper = papers.harmless(sent.data, sent.name)
    return Ready(paper, papers.original_name(sent.name)[:200], sent.shows[:300])


def keep(
    turn: Turn, kind: FileKind, sent: Sent | Ready, *, taken_on: date | None = None
) -> CaseFile:
    """Put a file on the case. Raises BadInput where it is no photo and no document that we can make harmless."""
    file = sent if isinstance(sent, Ready) else ready(sent)
    kept = CaseFile(
        proposal_id=turn.case.id,
        kind=kind,
        name=file.name,
        shows=file.shows,
        mime=file.paper.mime,
        size=len(file.paper.data),
        data=file.paper.data,
        thumb=file.paper.thumb,
        public=kind in PUBLIC,
        taken_on=taken_on,
        added_at=clock.now(),
        user_id=turn.user.id,
    )
    turn.session.add(kept)
    turn.session.flush()
    turn.session.expire(turn.case, ["files"])
    return kept


# ---- the group's own files, while it writes


def of_group(case: Proposal) -> list[CaseFile]:
    """What the group put beside its proposal."""
    return [file for file in case.files if file.kind is FileKind.EVIDENCE]


def add(case_id: int, user_id: int, files: Sequence[Ready]) -> list[str]:
    """Keep the files there is room for; returns the names of those that were left out.

    One that is there already, by its name and its size, is not kept twice: that is a button pressed twice.
    """
    with moves.turn(case_id, user_id) as turn:
        may_write(turn)
        there = {(file.name, file.size) for file in of_group(turn.case)}
        new = [file for file in files if (file.name, len(file.paper.data)) not in there]
        room = max(0, MOST_FILES - len(there))
        for file in new[:room]:
            keep(turn, FileKind.EVIDENCE, file)
    return [file.name for file in new[room:]]


def describe(case_id: int, user_id: int, shows: Mapping[int, str]) -> None:
    """Say of files what they show."""
    with moves.turn(case_id, user_id) as turn:
        may_write(turn)
        for file in of_group(turn.case):
            file.shows = shows.get(file.id, file.shows)[:300]


def remove(case_id: int, user_id: int, file_id: int) -> None:
    """Take a file out while the proposal is being written. One that is gone already stays gone."""
    with moves.turn(case_id, user_id) as turn:
        may_write(turn)
        for file in of_group(turn.case):
            if file.id == file_id:
                turn.session.delete(file)
        turn.session.expire(turn.case, ["files"])


# ---- reading


def one_for(case: Proposal, file_id: int, user: User | None, *, small: bool = False) -> CaseFile:
    """A file of a case that this reader may open, with its bytes. Raises NotFound as if it were not there."""
    query = select(CaseFile).where(CaseFile.id == file_id, CaseFile.proposal_id == case.id)
    wanted = CaseFile.thumb if small else CaseFile.data
    file = db.session.scalar(query.options(undefer(wanted)))
    if file is None or (small and file.thumb is None):
        raise NotFound("no-file", NONE_HERE)
    if not may_open(case, file, user):
        raise NotFound("no-file", NONE_HERE)
    return file
