"""The administrator reads the log: the newest first, by keys, with names looked up, only this area's."""

import csv
import io
import re

import pytest

from portal.audit import queries
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.people.rules import Role
from portal.setup import auditing
from tests import factories


@pytest.fixture
def ada(app, client):
    area = factories.area()
    client.area_id = area.id
    client.me = factories.with_role(
        area, Role.ADMINISTRATOR, email="ada@example.org", name="Ada Hill"
    ).id
    client.sign_in("ada@example.org")
    return client


def write(area_id, user_id, number, act=Act.CASE_STEP, kind="case"):
    with transaction():
        note(act, area_id=area_id, by=user_id, role="chair", about=(kind, number), step="decide")


def shown(ada, query=""):
    """The objects of the entries that the page shows."""
    page = ada.get(f"/setup/audit?{query}").get_data(as_text=True)
    return re.findall(r'href="/cases/(\d+)"', page)


def test_the_newest_first_with_who_it_was(ada):
    write(ada.area_id, ada.me, 7)
    write(ada.area_id, 999, 8)
    write(ada.area_id + 1, ada.me, 9)
    assert shown(ada) == ["8", "7"]
    page = ada.get("/setup/audit").get_data(as_text=True)
    assert f"Ada Hill ({ada.me})" in page
    assert "Person 999, erased" in page
    assert "step: decide" in page
    assert "Chair of hearings" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=ADA@example.org", ["7"]),
        ("who=999", ["8"]),
        ("who=nobody@example.org", []),
        ("kind=case&number=8", ["8"]),
        ("kind=let", []),
        ("act=posted", []),
        ("act=case_step&since-day=2&since-month=3&since-year=2026", ["8", "7"]),
        ("until-day=1&until-month=3&until-year=2026", []),
        ("before=1", []),
    ],
)
def test_what_is_looked_for(ada, query, found):
    write(ada.area_id, ada.me, 7)
    write(ada.area_id, 999, 8)
    assert shown(ada, query) == found


@pytest.mark.parametrize(
    "query",
    ["act=nonsense", "number=x", "number=-1", "number=99999999999999", "since-day=40&since-month=1&since-year=2026", "who=" + "x" * 300],
)  # fmt: skip
def test_what_cannot_be_read_is_told(ada, query):
    answer = ada.get(f"/setup/audit?{query}")
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)


def test_pages_are_reached_by_keys(ada, monkeypatch):
    monkeypatch.setattr(auditing, "PAGE", 2)
    for number in range(1, 6):
        write(ada.area_id, ada.me, number)
    db.session.close()
    seen, path = [], "/setup/audit?act=case_step"
    while path:
        page = ada.get(path).get_data(as_text=True)
        seen += re.findall(r'href="/cases/(\d+)"', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older and older[1].replace("&amp;", "&")
        write(ada.area_id, ada.me, 99)  # the log grows meanwhile
    assert seen == ["5", "4", "3", "2", "1"]


def test_nobody_else_reads_it(app):
    area = factories.area()
    for role in (None, Role.BROKER, Role.CHAIR, Role.PANEL):
        email = (factories.with_role(area, role) if role else factories.user()).email
        assert app.test_client().sign_in(email).get("/setup/audit").status_code == 403
    assert app.test_client().get("/setup/audit").status_code == 302


def test_all_about_one_person_is_what_they_did_and_what_was_done_about_them(ada):
    rosa = factories.user("rosa@example.org", name="Rosa Lee").id
    write(ada.area_id, rosa, 7)
    write(ada.area_id, ada.me, rosa, act=Act.SECOND_STEP_REMOVED, kind="user_account")
    write(ada.area_id, ada.me, 8)
    page = ada.get("/setup/audit?who=rosa@example.org").get_data(as_text=True)
    assert "Took a second step away: Rosa Lee" in page
    assert page.count('<li class="mw-card">') == 2
    assert '<details class="govuk-details" open>' in page, "what was looked for can be seen"
    assert f'href="/setup/audit?who={rosa}"' in ada.get("/setup/audit").get_data(as_text=True)


def test_it_is_taken_away_as_a_table(ada, monkeypatch):
    """What the page's search finds, over as many pages as it has."""
    monkeypatch.setattr(queries, "SOME", 2)
    spy = factories.user("spy@example.org", name="=1+1").id
    for number in range(1, 6):
        write(ada.area_id, spy, number)
    write(ada.area_id, ada.me, 9)
    write(ada.area_id + 1, spy, 6)
    page = ada.get("/setup/audit?who=spy@example.org").get_data(as_text=True)
    path = re.search(r'href="(/setup/audit.csv[^"]*)"', page)[1].replace("&amp;", "&")
    answer = ada.get(path)
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [row["about_number"] for row in rows] == ["5", "4", "3", "2", "1"]
    assert {row["called"] for row in rows} == {"'=1+1"}, "no formula"
    assert rows[0]["at"] == "2026-03-02T10:00:00+00:00"
    assert len({row["hash"] for row in rows}) == 5
    assert ada.get("/setup/audit.csv?act=nonsense").status_code == 400


def test_the_way_back_to_the_newest_keeps_what_was_looked_for(ada):
    write(ada.area_id, ada.me, 7)
    page = ada.get("/setup/audit?act=case_step&before=900").get_data(as_text=True)
    assert 'href="/setup/audit?act=case_step">The newest entries' in page
