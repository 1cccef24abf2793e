"""The questions as a table for others, without anybody's name or address."""

import csv
from collections.abc import Iterator
from io import StringIO

from flask import current_app, url_for

from portal.areas.queries import current_area
from portal.documents.spreadsheets import harmless
from portal.ownership import queries, words
from portal.ownership.models import Question
from portal.ownership.rules import OPEN, QuestionState, working_days

COLUMNS = (
    "number", "state", "asked_on", "due", "ended_on", "working_days", "place", "asset", "longitude", "latitude",
    "asked_by", "question", "sent_on_to", "times_chased", "owner", "title_number", "shown_by", "said_by", "as_of",
    "who_may_use_it", "joined_to", "page",
)  # fmt: skip


def as_csv() -> str:
    """Every question of the area, a row each; CSV as RFC 4180 has it."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for question in queries.all_of_them():
        writer.writerow([harmless(value) for value in _row(question)])
    return out.getvalue()


def _row(question: Question) -> Iterator[object]:
    answer = question.answer if question.state is QuestionState.ANSWERED else None
    hidden = question.asset is not None and question.asset.withheld_why
    ended = None if question.state in OPEN else question.ended_on
    yield from (question.id, question.state.value, question.asked_on, question.due, ended)
    yield ended and working_days(question.asked_on, ended, current_area().nation)
    yield words.place_of(question)
    yield _link("register.one", asset_id=question.asset_id) if question.asset_id and not hidden else None  # fmt: skip
    yield from (question.lon, question.lat)
    yield question.group.name if question.group and not question.group.private else None
    yield question.words if question.hidden_why is None else None
    yield "; ".join(body.name for body in question.bodies)
    yield sum(body.chased for body in question.bodies)
    if answer is None:
        yield from (None,) * 6
    else:
        yield words.owner_of(answer)
        yield from (answer.title_number, answer.document, answer.said_by, answer.as_of, answer.more)
    yield question.joined_to_id
    yield _link("ownership.question", number=question.id)


def _link(endpoint: str, **values: object) -> str:
    """By the portal's own address, whatever the request called it."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, **values)}"
