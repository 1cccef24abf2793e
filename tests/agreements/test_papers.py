"""The papers: every clause can be filled in, for each kind and nation, whatever people wrote; tagged, and the same twice."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from portal.agreements import clauses, papers, rules
from portal.agreements.rules import TERMS, Form
from portal.areas.rules import Nation
from tests.proposals.stage import Stage

NASTY = "{holder} {0} {} %s %(x)s #let x = 1 *b* [c] \\ </w:t> 🌱 \u202e $x$ @a <b>"


@pytest.mark.parametrize("nation", Nation)
@pytest.mark.parametrize("form", Form)
def test_every_clause_is_filled_in(app, nation, form):
    stage = Stage(nation=nation).granted()
    stage.terms(6, form=form, rent=12000, deposit=5000, further=NASTY)
    data = papers.content(stage.case, stage.agreement)
    told = " ".join(text for clause in data["clauses"] for text in clause["paragraphs"])
    assert NASTY.strip() in told
    assert not re.search(r"\{[a-z_]+\}", told.replace(NASTY, ""))
    assert ("tenant" in told) is (
        form is Form.LEASE
    ) or "Nothing here makes the group a tenant" in told
    assert data["banner"] == "Subject to contract and without prejudice"
    assert len({clause["heading"] for clause in data["clauses"]}) == len(data["clauses"])
    pdf = papers.drawn(stage.case, stage.agreement)
    reader = PdfReader(BytesIO(pdf))
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    word = papers.editable(stage.case, stage.agreement)
    assert "word/document.xml" in ZipFile(BytesIO(word)).namelist()


def test_the_same_draft_gives_the_same_bytes(app):
    stage = Stage().in_agreement()
    assert papers.drawn(stage.case, stage.agreement) == papers.drawn(stage.case, stage.agreement)


def test_every_term_stands_in_both_papers():
    """Start, term, kind and place apart, which stand in the opening, each term is named by a clause."""
    named = {"break_after": "break_when", "starts_on": "starts_on", "term_months": "months"}
    for form in Form:
        text = " ".join(p for c in clauses.clauses() if form in c.forms for p in c.paragraphs)
        for key in TERMS:
            if key != "form":
                assert f"{{{named.get(key, key)}}}" in text or key == "starts_on", (form, key)


def test_a_place_without_a_position_has_no_plan(app):
    stage = Stage().in_agreement()
    stage.asset.shape = None
    from portal.db import db

    db.session.commit()
    data = papers.content(stage.case, stage.agreement)
    kinds = [part["kind"] for part in data["schedules"][0]["parts"]]
    assert kinds == ["text", "text"]
    assert rules.DAY.days == 1
