"""The command line with what cannot be: one plain sentence and exit code 2, never a traceback."""

import sqlite3

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal.app import create_app
from portal.cli import main
from portal.db import db
from portal.register.models import Asset

HEADS = b"AssetCode,Property Name,Street\n"
BAD_FILES = {
    "nothing.csv": (None, "There is no file"),
    "empty.csv": (b"", "is empty"),
    "heads.csv": (HEADS, "no rows under them"),
    "paper.pdf": (b"%PDF-1.4\n%\xe2\xe3\n1 0 obj <<>>\n", "is not a table"),
    "picture.csv": (bytes(range(256)) * 9, "is not a table"),
    "one.csv": (b"Name\nHall\n", "one column only"),
}


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """Each command makes an application of its own; here they share a process, so their connections are closed."""
    made = []

    def create(**overrides):
        made.append(create_app(**overrides))
        return made[-1]

    monkeypatch.setattr("portal.app.create_app", create)
    yield
    for app in made:
        with app.app_context():
            db.session.close()
            db.engine.dispose()


@pytest.fixture
def portal(app, monkeypatch):
    """Run a command on the test's database."""
    monkeypatch.setenv("DATABASE_URL", app.config["DATABASE_URL"])
    return lambda *args: CliRunner().invoke(main, args)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_register(portal, tmp_path, name):
    content, said = BAD_FILES[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    told = portal("import-register", str(tmp_path / name), "--area", "t")
    assert (told.exit_code, told.exception.__class__) == (2, SystemExit)
    assert said in told.output
    assert db.session.scalar(select(func.count(Asset.id))) == 0


def test_a_folder_is_no_register_and_a_pdf_no_boundary(portal, tmp_path):
    assert portal("import-register", str(tmp_path), "--area", "t").exit_code == 2
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(BAD_FILES["paper.pdf"][0])
    told = portal("import-places", "--area", "t", "--boundary", str(paper))
    assert told.exit_code == 2
    assert "is not a map file" in told.output


REGISTERS = {
    "semicolons in Windows-1252": "AssetCode;Property Name\n1;Café £ Hall\n2;B\n".encode("cp1252"),
    "doubled headings": b"AssetCode,Property Name,Property Name\n1,A,B\n2,C,D\n",
    "the National Grid": b"AssetCode,Property Name,GeoX,GeoY\n1,A,379000,391000\n2,B,1e400,nan\n",
}


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_that_is_only_odd_comes_in(portal, tmp_path, name):
    (tmp_path / "odd.csv").write_bytes(REGISTERS[name])
    told = portal("import-register", str(tmp_path / "odd.csv"), "--area", "t")
    assert told.exit_code == 0, told.output
    assert db.session.scalar(select(func.count(Asset.id))) == 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", "does not answer"),
        ("sqlite:////no/such/folder/x.db", "does not answer"),
        ("mysql://x/y", "not an address"),
        ("nonsense", "not an address"),
        ("sqlite://", "portal migrate"),
    ],
)
def test_a_database_that_is_not_there(monkeypatch, url, said):
    monkeypatch.setenv("DATABASE_URL", url)
    told = CliRunner().invoke(main, ["tick"])
    assert told.exit_code == 2
    assert said in told.output
    assert len(told.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/root/b.geojson"), "/root/b.geojson: Permission denied. This runs as"),
        (OSError(28, "No space left on device"), "The disk: No space left on device."),
        (sqlite3.OperationalError("database or disk is full"), "The disk is full"),
    ],
)  # fmt: skip
def test_a_file_or_a_disk_that_will_not(portal, monkeypatch, error, said):
    def refused(*_args, **_more):
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr("portal.areas.service.import_places", refused)
    told = portal("import-places", "--area", "here")
    assert (told.exit_code, said in told.stderr) == (2, True), told.output


def test_tick_on_a_database_without_an_area_does_nothing(portal):
    assert portal("tick").exit_code == 0


@pytest.mark.parametrize(
    "args",
    [
        ("walk", "land", "--from", "2026-13-45"),
        ("walk", "land", "--from", "9999-12-31"),
        ("walk", "land", "--from", "0001-01-01"),
        ("demo", "--port", "99999"),
        ("migrate", "--down", "nonsense"),
    ],
)
def test_an_option_that_makes_no_sense(portal, args):
    told = portal(*args)
    assert told.exit_code == 2, told.output
    assert "Traceback" not in told.output
