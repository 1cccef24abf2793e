"""One person's data by one click and by one command: all of theirs, nothing of others."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from portal.cli import main
from portal.db import db
from portal.people.models import SecondStep
from portal.privacy import export
from portal.privacy.register import RECORDS
from tests.privacy import make

LINKED = {r.table for r in RECORDS if r.person or r.acted or r.through}


@pytest.fixture
def both(app):
    return make.filled()


def unpacked(data):
    with ZipFile(BytesIO(data)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def test_every_table_with_rows_of_theirs_appears_and_nothing_of_others(both):
    rosa, olu = both
    files = unpacked(export.archive(rosa.email))
    told = json.loads(files["your-data.json"])
    assert set(told["tables"]) == LINKED
    for name, data in files.items():
        if not name.startswith("files/"):
            assert rosa.email in data.decode(), name
            assert olu.email not in data.decode(), name
            assert olu.name not in data.decode(), name
    # One row each: the other row of every table is Olu's.
    assert {len(table["rows"]) for table in told["tables"].values()} == {1}


def test_files_come_along_and_keys_do_not(both):
    rosa, _olu = both
    files = unpacked(export.archive(rosa.email))
    assert {n for n in files if n.startswith("files/case_file")} == {"files/case_file-1001-data.pdf", "files/case_file-1001-thumb.pdf"}  # fmt: skip
    tables = json.loads(files["your-data.json"])["tables"]
    assert tables["signed_in"]["rows"][0]["key_hash"] == export.A_KEY
    assert tables["key_loan"]["rows"][0]["holder_name"] == export.OTHER


def test_the_page_to_read_writes_times_and_answers_as_people_do(app):
    with app.test_request_context():
        assert export.readable("2026-03-02T10:00:00.003857+00:00") == "2 March 2026, 10:00"
        assert export.readable("2026-03-02") == "Monday 2 March 2026"
        assert [export.readable(value) for value in (True, False, 3, "2026")] == [
            "Yes",
            "No",
            3,
            "2026",
        ]
        assert export.readable("2026-02-30") == "2026-02-30"  # typed by somebody: no such day


def test_an_address_without_an_account(both):
    files = unpacked(export.archive("nobody@example.org"))
    assert json.loads(files["your-data.json"])["tables"] == {}


def test_the_page_gives_it_to_its_owner_alone(both, client):
    rosa, olu = both
    db.session.execute(delete(SecondStep))
    db.session.commit()
    client.sign_in(rosa.email)
    assert olu.name not in client.get("/account/data").get_data(as_text=True)
    answer = client.send("/account/data", {})
    assert answer.mimetype == "application/zip"
    assert "private" in answer.headers["Cache-Control"]
    assert olu.email.encode() not in unpacked(answer.data)["your-data.json"]


def test_the_command_writes_a_file_that_only_its_owner_can_read(both, app, tmp_path, monkeypatch):
    monkeypatch.setattr("portal.cli._app", lambda: app)
    path = tmp_path / "rosa.zip"
    result = CliRunner().invoke(main, ["person", "export", make.ROSA["email"], "--to", str(path)])
    assert result.exit_code == 0, result.output
    assert "user_account 1" in result.output
    assert path.stat().st_mode & 0o077 == 0
    assert "your-data.html" in unpacked(path.read_bytes())
