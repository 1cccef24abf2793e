"""The files of a case: kept harmless, inside the transaction of the step they belong to."""

from datetime import date
from typing import NamedTuple

from portal import clock, papers
from portal.proposals.filing import PUBLIC, FileKind
from portal.proposals.models import CaseFile
from portal.proposals.moves import Turn


class Sent(NamedTuple):
    """A file as somebody sent it: its bytes, what it was called, and what it shows in a few words."""

    data: bytes
    name: str
    shows: str = ""


def keep(turn: Turn, kind: FileKind, sent: Sent, *, taken_on: date | None = None) -> CaseFile:
    """Put a file on the case. Raises BadInput where it is no photo and no document that we can make harmless."""
    paper = papers.harmless(sent.data, sent.name)
    kept = CaseFile(
        proposal_id=turn.case.id,
        kind=kind,
        name=papers.original_name(sent.name)[:200],
        shows=sent.shows[:300],
        mime=paper.mime,
        size=len(paper.data),
        data=paper.data,
        thumb=paper.thumb,
        public=kind in PUBLIC,
        taken_on=taken_on,
        added_at=clock.now(),
        user_id=turn.user.id,
    )
    turn.session.add(kept)
    turn.session.flush()
    turn.session.expire(turn.case, ["files"])
    return kept
