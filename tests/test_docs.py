"""The documents say what the code does."""

import re
import runpy
from pathlib import Path

from portal.cli import main

ROOT = Path(__file__).resolve().parents[1]


def test_the_drawing_of_the_states_is_the_tables():
    drawn = runpy.run_path(str(ROOT / "script" / "draw-states"))["drawn"]
    assert (ROOT / "docs" / "states.md").read_text() == drawn(), "run script/draw-states"


def test_the_list_of_letters_is_the_tables():
    drawn = runpy.run_path(str(ROOT / "script" / "draw-letters"))["drawn"]
    assert (ROOT / "docs" / "letters.md").read_text() == drawn(), "run script/draw-letters"


def test_every_link_between_the_documents_leads_somewhere():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_that_the_documents_name_is_there():
    told = "\n".join(
        page.read_text() for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    )
    named = set(re.findall(r"`?portal ([a-z][a-z-]+)", told))
    assert named & set(main.commands), "the documents name commands"
    for name in set(re.findall(r"`portal ([a-z][a-z-]+)", told)):
        assert name in main.commands, name


def test_the_architecture_names_every_room():
    told = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [path.stem for path in (ROOT / "portal").iterdir() if not path.name.startswith("_")]
    assert not [
        room for room in rooms if room not in told and room not in ("templates", "translations")
    ]


def test_the_readme_is_two_commands_and_one_picture():
    readme = (ROOT / "README.md").read_text()
    assert "script/demo" in readme
    assert "script/test" in readme
    assert len(re.findall(r"!\[", readme)) == 1
