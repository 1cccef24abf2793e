"""A group writes its proposal, over several visits and by several hands: every save is kept, none is lost."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from portal import clock
from portal.db import db
from portal.errors import N_, Forbidden, RuleBroken
from portal.people.rules import Role
from portal.proposals import moves, rules
from portal.proposals.judging.benefit import Side
from portal.proposals.models import Proposal
from portal.proposals.standing import set_benefits
from portal.proposals.writing.models import WrittenSection
from portal.proposals.writing.sections import EVIDENCE, GAIN, WRITTEN, Section, section_of

Answers = Mapping[str, object]
NOT_YOURS = N_("Only the group can change its proposal.")


class Saved(NamedTuple):
    """What came of a save: the version of the part now, and what others wrote meanwhile where it is not the same."""

    version: int
    clashes: dict[str, object]
    by: str = ""  # who wrote it


def written(case: Proposal) -> dict[str, object]:
    """What the proposal holds, by the names of the forms' fields."""
    data: dict[str, object] = {name: getattr(case, name) for name in WRITTEN}
    for benefit in case.benefits:
        if benefit.side is Side.PROPOSAL:
            data[GAIN + benefit.criterion] = benefit.gain
            data[EVIDENCE + benefit.criterion] = benefit.evidence
    return data


def versions(case: Proposal) -> dict[str, WrittenSection]:
    """Part -> its last save, as far as it was saved at all."""
    rows = (db.session.get(WrittenSection, (case.id, section)) for section in Section)
    return {row.section: row for row in rows if row}


def save_draft(
    case_id: int, user_id: int, values: Answers, benefits: Mapping[str, tuple[str, str]]
) -> None:
    """Keep answers of any part at once; nothing is refused for being unfinished.

    `values` by the names in WRITTEN; `benefits`: criterion -> (gain, evidence).
    """
    answers = {name: value for name, value in values.items() if name in WRITTEN}
    for criterion, (gain, evidence) in benefits.items():
        answers |= {GAIN + criterion: gain, EVIDENCE + criterion: evidence}
    with _writing(case_id, user_id) as turn:
        for section in Section:
            mine = {name: value for name, value in answers.items() if section_of(name) is section}
            if mine:
                _keep(turn, section, mine)


def save_section(
    case_id: int, user_id: int, section: Section, answers: Answers, *, version: int
) -> Saved:
    """Keep one part as its page sent it. `version`: the one that the page was made from.

    An answer that somebody else changed since then is not written over: it comes back as a clash, and the page
    shows both. The other answers are kept.
    """
    with _writing(case_id, user_id) as turn:
        row = turn.session.get(WrittenSection, (case_id, section))
        there = written(turn.case)
        newer = {name for name, at in (row.changed if row else {}).items() if at > version}
        clashes = {
            name: there.get(name)
            for name, value in answers.items()
            if name in newer and not _same(value, there.get(name))
        }
        by = row.user.shown_name if row and clashes else ""
        mine = {name: value for name, value in answers.items() if name not in clashes}
        return Saved(_keep(turn, section, mine), clashes, by)


@contextmanager
def _writing(case_id: int, user_id: int) -> Iterator[moves.Turn]:
    """A turn at a case whose answers may be changed by this person now."""
    with moves.turn(case_id, user_id) as turn:
        may_write(turn)
        yield turn


def may_write(turn: moves.Turn) -> None:
    """Raises what stands against this person's changing the proposal now."""
    if Role.ORGANISER not in turn.roles:
        raise Forbidden("not-your-part", NOT_YOURS)
    if turn.case.state not in rules.EDITABLE:
        raise RuleBroken(
            "not-now",
            "The proposal has been lodged, so it cannot be changed now. The broker can return it to you.",
        )


def _keep(turn: moves.Turn, section: Section, answers: Answers) -> int:
    """Write the answers that differ from what stands; the part's version goes up where there is one."""
    case, session = turn.case, turn.session
    row = session.get(WrittenSection, (case.id, section))
    there = written(case)
    new = {name: value for name, value in answers.items() if not _same(value, there.get(name))}
    if not new:
        return row.version if row else 0
    if row is None:
        row = WrittenSection(proposal_id=case.id, section=section, version=0, changed={})
        session.add(row)
    row.version += 1
    row.changed = row.changed | dict.fromkeys(new, row.version)
    row.saved_at, row.user_id = clock.now(), turn.user.id
    _write(case, there | new, new)
    return row.version


def _write(case: Proposal, whole: Answers, new: Answers) -> None:
    criteria = set()
    for name, value in new.items():
        if name in WRITTEN:
            setattr(case, name, value or None)
        else:
            criteria.add(name.partition("_")[2])
    said = {
        name: (str(whole.get(GAIN + name) or ""), str(whole.get(EVIDENCE + name) or ""))
        for name in criteria
    }
    set_benefits(case, Side.PROPOSAL, said)


def _same(one: object, other: object) -> bool:
    """Whether two answers say the same; a browser ends its lines in a way of its own."""
    return _plain(one) == _plain(other)


def _plain(value: object) -> object:
    return value.replace("\r\n", "\n") if isinstance(value, str) and value else value or None
