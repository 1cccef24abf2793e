"""The register of cases as files to take away: one row a case, CSV and JSON with the same columns.

Groups are not named in them, private or not: a file goes further than a page, and a name can become private later.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import orjson
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.db import db
from portal.documents.spreadsheets import harmless
from portal.proposals.docket.search import is_late
from portal.proposals.docket.words import COLUMNS
from portal.proposals.doors import columns_of
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import UNDECIDED, Action, State
from portal.register.models import Asset

CHUNK = 200
YES_NO = {True: "Yes", False: "No", None: ""}
A, S = Action, State


class Told(NamedTuple):
    """A case with what the rooms above count of it."""

    case: Proposal
    counted: Mapping[str, Any]

    def first(self, *actions: Action, review: bool = False) -> date | None:
        """The first day one of these steps was taken, before or after a review was asked for."""
        return next(
            (event.on for event in self._part(review=review) if event.action in actions), None
        )

    def last(self, action: Action) -> date | None:
        return next((e.on for e in reversed(self.case.events) if e.action is action), None)

    def _part(self, *, review: bool) -> list[CaseEvent]:
        events = self.case.events
        asked = next(
            (n for n, event in enumerate(events) if event.action is A.ASK_REVIEW), len(events)
        )
        return events[asked:] if review else events[:asked]


def _days(told: Told) -> int | None:
    lodged, decided = told.first(A.LODGE), told.first(A.DECIDE, A.DEFAULT_GRANT)
    return (decided - lodged).days if lodged and decided else None


def _due(case: Proposal) -> date | None:
    if case.state not in UNDECIDED:
        return None
    return case.due.get("review" if case.state is S.REVIEW else "decision")


def _review(case: Proposal) -> str | None:
    return next((one.outcome.value for one in case.decisions if one.round > 1), None)


# The columns that are read from a case; `words_register.COLUMNS` says in which order and what each is.
READ: dict[str, Any] = {
    "Number": lambda t: t.case.id,
    "Address": lambda t: f"{current_app.config['BASE_URL']}/cases/{t.case.id}",
    "Title": lambda t: t.case.shown_title,
    "Place": lambda t: t.case.asset.name,
    "PlaceNumber": lambda t: t.case.asset_id,
    "Holder": lambda t: t.case.asset.holder.name,
    "Ward": lambda t: t.case.asset.ward and t.case.asset.ward.name,
    "Kind": lambda t: t.case.track.value,
    "Use": lambda t: t.case.use_kind and t.case.use_kind.value,
    "GroupKind": lambda t: t.case.group.kind.value,
    "TermMonths": lambda t: t.case.term_months,
    "State": lambda t: t.case.state.value,
    "Overdue": lambda t: is_late(t.case),
    "InterestOn": lambda t: t.case.declared_on,
    "LodgedOn": lambda t: t.first(A.LODGE),
    "ReturnedOn": lambda t: t.last(A.RETURN_INCOMPLETE),
    "ValidatedOn": lambda t: t.first(A.VALIDATE),
    "PublishedOn": lambda t: t.case.published_on,
    "SignShownOn": lambda t: t.case.sign_shown_on,
    "HolderAnsweredOn": lambda t: t.first(A.AGREE, A.OBJECT, A.NAME_ALTERNATIVE),
    "HearingOpenedOn": lambda t: t.case.hearing_opened_on,
    "HeardOn": lambda t: t.last(A.RECORD_HEARING),
    "TestOpenedOn": lambda t: t.first(A.OPEN_TEST),
    "EscalatedOn": lambda t: t.last(A.ESCALATE),
    "DecidedOn": lambda t: t.first(A.DECIDE, A.DEFAULT_GRANT),
    "ReviewAskedOn": lambda t: t.last(A.ASK_REVIEW),
    "ReviewedOn": lambda t: t.first(A.DECIDE, A.DEFAULT_GRANT, review=True),
    "AgreementDraftedOn": lambda t: t.first(A.DRAFT_AGREEMENT) or t.first(A.DRAFT_AGREEMENT, review=True),
    "HandedOverOn": lambda t: t.first(A.HAND_OVER) or t.first(A.HAND_OVER, review=True),
    "EndedOn": lambda t: t.last(A.END),
    "WithdrawnOn": lambda t: t.last(A.WITHDRAW),
    "LapsedOn": lambda t: t.case.events[-1].on if t.case.state is S.LAPSED else None,
    "DecisionDueOn": lambda t: _due(t.case),
    "DaysToDecision": _days,
    "Outcome": lambda t: t.case.decision and t.case.decision.outcome.value,
    "Ground": lambda t: t.case.decision and t.case.decision.ground,
    "GrantedByDefault": lambda t: t.case.decision and t.case.decision.outcome is S.GRANTED_BY_DEFAULT,
    "ReviewOutcome": lambda t: _review(t.case),
    "PetitionSignatures": lambda t: t.counted.get("PetitionSignatures"),
    "Rules": lambda t: f"{t.case.profile} {t.case.profile_from:%Y-%m-%d}",
}  # fmt: skip


def rows(ids: list[int]) -> Iterator[dict[str, Any]]:
    """A row for each case, some hundred read at a time."""
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        query = (
            select(Proposal)
            .where(Proposal.id.in_(some))
            .order_by(Proposal.id)
            .options(
                joinedload(Proposal.asset).joinedload(Asset.holder),
                joinedload(Proposal.asset).joinedload(Asset.ward),
                joinedload(Proposal.group),
                selectinload(Proposal.events),
                selectinload(Proposal.decisions),
                selectinload(Proposal.deadlines),
            )
        )
        counted = columns_of(some)
        for case in db.session.scalars(query):
            told = Told(case, counted.get(case.id, {}))
            yield {name: READ[name](told) for name in COLUMNS}
        db.session.expunge_all()


def as_csv(ids: list[int]) -> Iterator[str]:
    """The lines of the CSV."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows(ids):
        writer.writerow([_cell(value) for value in row.values()])
        yield page.getvalue()
        page.seek(0)
        page.truncate()
    yield page.getvalue()


def _cell(value: Any) -> Any:
    """As a spreadsheet shows it and runs nothing."""
    if isinstance(value, bool):
        return YES_NO[value]
    return harmless(value)


def as_json(ids: list[int]) -> Iterator[bytes]:
    """The same as one JSON object: what the columns are, and the cases."""
    described = {name: str(said) for name, said in COLUMNS.items()}
    yield b'{"columns":' + orjson.dumps(described) + b',"cases":['
    for number, row in enumerate(rows(ids)):
        yield (b"," if number else b"") + orjson.dumps(row)
    yield b"]}"
