"""Photos of the condition of the place, kept as soon as they are sent; what each shows can be said afterwards."""

from collections.abc import Mapping, Sequence

from portal import papers
from portal.agreements import terms
from portal.agreements.rules import Moment
from portal.errors import BadInput, Forbidden, NotFound, RuleBroken
from portal.people.rules import Role
from portal.proposals import files, moves
from portal.proposals.filing import FileKind
from portal.proposals.models import CaseFile, Proposal
from portal.proposals.rules import State
from portal.web import told

KINDS = {Moment.BEFORE: FileKind.CONDITION_BEFORE, Moment.AFTER: FileKind.CONDITION_AFTER}
WHO = {Role.ORGANISER, Role.OFFICER, Role.BROKER}
MOST = 40


def moment_of(case: Proposal) -> Moment | None:
    """Which condition photos can be added to now: before the handover, and again while the place is in use."""
    if case.state is State.IN_USE:
        return Moment.AFTER
    agreement = terms.current(case.id) if case.state is State.AGREEMENT else None
    return Moment.BEFORE if agreement is not None and agreement.edition == 1 else None


def of(case: Proposal, moment: Moment) -> list[CaseFile]:
    """The photos of one moment, in the order in which they came."""
    return [one for one in case.files if one.kind is KINDS[moment]]


def add(case_id: int, user_id: int, sent: Sequence[files.Sent]) -> list[str]:
    """Keep the photos that can be read; returns the names of those that could not, with the reason."""
    refused = []
    with moves.turn(case_id, user_id) as turn:
        moment = _allowed(turn)
        for one in sent:
            if len(of(turn.case, moment)) >= MOST:
                raise RuleBroken("photos-many", "There is room for %(most)s photos.", most=MOST)
            try:
                _keep(turn, moment, one)
            except BadInput as refusal:
                refused.append(f"{one.name[-60:]}: {told(refusal)}")
    return refused


def describe(case_id: int, user_id: int, shows: Mapping[int, str]) -> None:
    """What the photos show, in words: file's id -> words."""
    with moves.turn(case_id, user_id) as turn:
        moment = _allowed(turn)
        there = {one.id: one for one in of(turn.case, moment)}
        for number, words in shows.items():
            if number in there:
                there[number].shows = words[:300]


def remove(case_id: int, user_id: int, file_id: int) -> None:
    """Take a photo out again, by a side that put it there."""
    with moves.turn(case_id, user_id) as turn:
        moment = _allowed(turn)
        found = next((one for one in of(turn.case, moment) if one.id == file_id), None)
        if found is None:
            raise NotFound("no-photo", "There is no such photo.")
        if found.user_id != user_id:
            raise Forbidden("not-your-photo", "Only who added a photo can take it out.")
        turn.session.delete(found)


def _allowed(turn: moves.Turn) -> Moment:
    if not turn.roles & WHO:
        raise Forbidden("not-your-part", "In this case that is for somebody else to do.")
    moment = moment_of(turn.case)
    if moment is None:
        raise RuleBroken("not-now", "The condition is on record, so no photos can be added now.")
    return moment


def _keep(turn: moves.Turn, moment: Moment, one: files.Sent) -> None:
    if b"%PDF-" in one.data[: papers.PDF_WITHIN]:
        raise BadInput("no-photo", "Only photos are kept here, no PDF files.")
    files.keep(turn, KINDS[moment], one)
