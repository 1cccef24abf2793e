"""The register speaks for every column of every table that can hold something of a person."""

import runpy
from pathlib import Path

from sqlalchemy import JSON, Enum, LargeBinary, String

from portal.db import Listed, Model
from portal.privacy import retention, telling
from portal.privacy.kept import Then
from portal.privacy.person import names_account
from portal.privacy.register import BY_TABLE, NOT_PERSONAL, RECORDS, terms
from portal.ticks import TICKS

ROOT = Path(__file__).resolve().parents[2]
TABLES = Model.metadata.tables
# Jobs of other rooms that a term may name: the tick that does it, or what does it at once.
OTHERS = {
    "petitions",
    "hearings",
    "questions",
    "watches",
    "forgotten",
    "needs kept",
    "venues",
    "sign-in",
}


def could_name_somebody(column):
    """An account's key, or text, JSON or bytes that are no fixed choice."""
    kinds = String | JSON | LargeBinary | Listed
    return names_account(column) or (
        isinstance(column.type, kinds) and not isinstance(column.type, Enum)
    )


def test_no_column_is_forgotten():
    silent = []
    for table in TABLES.values():
        record = BY_TABLE.get(table.name)
        said = {*(record.columns() if record else ()), *NOT_PERSONAL.get(table.name, "").split()}
        asked = [column.name for column in table.columns if could_name_somebody(column)]
        silent += [f"{table.name}.{name}" for name in asked if name not in said]
    assert not silent, (
        f"say in portal/privacy what these hold, or that they hold nothing of a person: {silent}"
    )


def test_it_names_only_what_there_is():
    named = [(r.table, c) for r in RECORDS for c in r.columns()]
    named += [(table, c) for table, columns in NOT_PERSONAL.items() for c in columns.split()]
    assert not [(t, c) for t, c in named if t not in TABLES or c not in TABLES[t].c]
    twice = [(t, c) for t, c in named if t in BY_TABLE and c in NOT_PERSONAL.get(t, "").split() and c in set(BY_TABLE[t].columns())]  # fmt: skip
    assert not twice
    assert len(BY_TABLE) == len(RECORDS)


def test_every_record_says_how_long_or_why_for_ever():
    assert not [r.table for r in RECORDS if not r.terms and not r.stays]


def test_what_is_erased_can_be_found():
    """Rows that go with their person say whose they are; what is emptied says which columns."""
    assert not [r.table for r in RECORDS if r.erased is not Then.KEPT and not r.person]
    emptied = [r for r in RECORDS if r.erased is Then.EMPTIED]
    assert not [r.table for r in emptied if not r.holds and r.person != "email"]


def test_every_period_has_a_job_that_acts_on_it():
    here = {*retention.DUTIES, *retention.ELSEWHERE_HERE}
    homeless = [term for term in terms() if term not in here and term.job not in OTHERS]
    assert not homeless
    assert "forgotten" in TICKS


def test_special_categories_are_marked():
    marked = {r.table for r in RECORDS if r.special}
    assert marked >= {"community_group", "membership", "need", "room_let", "waiting", "hearing_speaker", "occurrence", "letter"}  # fmt: skip


def test_the_record_of_processing_is_the_register():
    drawn = runpy.run_path(str(ROOT / "script" / "draw-privacy"))["drawn"]
    written = (ROOT / "docs" / "privacy.md").read_text()
    assert drawn(written) == written, "run script/draw-privacy"


def test_periods_are_said_in_words(app):
    from portal.privacy import terms as periods

    with app.test_request_context():
        assert telling.term_words(periods.SPEAKERS) == "30 days after the hearing: deleted."
        assert telling.term_words(periods.KEYS).startswith("12 months after the key came back")
        assert (
            telling.term_words(periods.SAVED_NEEDS)
            == "As soon as its last day has gone by: deleted."
        )
