"""The house's habits, held by tests: floors, one clock, pure rules, every route says who may open it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.app import create_app
from portal.config import SETTINGS
from portal.people.access import allowed_for

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT / "portal"

# From the ground up. A file imports from its own feature and from floors below it; rooms on one floor do not
# look into each other. This is the drawing in ARCHITECTURE.md.
FLOORS = (
    {"geo"},
    {"errors", "clock", "config", "states", "masking", "language", "headers"},
    {"db", "pictures", "snapshots", "statics", "logs"},
    {"papers", "runs", "audit"},
    {"areas"},
    {"documents"},
    {"notices"},
    {"people", "fields", "widgets", "states", "limits"},
    {"web"},
    {"money"},
    {"register"},
    {"intake"},
    {"ownership"},
    {"sightings", "locating", "watches", "powers"},
    {"venues"},
    {"proposals", "lettings"},
    {"petitions", "hearings", "agreements", "policy", "letters", "rounds"},
    {"broker"},
    {"home", "setup", "developers"},
    {"privacy"},
    {"away"},
    {"models", "migrate", "app", "ticks"},
    {"backup"},
    {"serving"},
    {"checks"},
    {"demo", "walks"},
    {"cli"},
)
# Forms and views of every feature dress in what `web` gives; `web` itself knows no feature.
EVERYWHERE = {"web", "fields", "widgets", "states", "limits"}
FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}
# What a feature's rules are called; a wing with many splits them.
PURE = {
    "rules",
    "benefit",
    "facts",
    "guards",
    "guards_agreement",
    "masking",
    "naming",
    "sections",
    "steps",
    "table",
    "filing",
    "findings",
    "outlook",
    "uses",
    "repairs",
    "walltime",
    "windows",
}
STANDARD_ONLY = {"portal.errors"}


def python_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            module = node.module or ""
            if (
                ROOT / module.replace(".", "/")
            ).is_dir():  # a package: what is taken from it is a file
                yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def room_of(path: Path) -> str:
    parts = path.relative_to(PORTAL).with_suffix("").parts
    return parts[0]


def test_no_floor_is_climbed():
    climbed = []
    for path in python_files(PORTAL):
        here = room_of(path)
        if here == "__init__":
            continue
        for line, name in imports_of(path):
            parts = name.split(".")
            there = (
                "geo"
                if parts[0] == "geo"
                else parts[1]
                if parts[0] == "portal" and parts[1:]
                else here
            )
            if there == here or there in EVERYWHERE:
                continue
            if FLOOR_OF[there] >= FLOOR_OF[here]:
                climbed.append(f"{path.relative_to(ROOT)}:{line} {here} imports {there}")
    assert not climbed, climbed


def test_geo_knows_nothing_of_the_portal():
    for path in python_files(ROOT / "geo"):
        assert not [name for _, name in imports_of(path) if name.startswith("portal")], path


def rules_files() -> list[Path]:
    return [path for path in python_files(PORTAL) if path.stem in PURE]


@pytest.mark.parametrize("path", rules_files(), ids=lambda path: str(path.relative_to(PORTAL)))
def test_rules_are_pure(path):
    import sys

    for line, name in imports_of(path):
        other_rules = name.startswith("portal.") and name.split(".")[-1] in PURE | {
            "calendar",
            "profile",
        }
        pure = name.split(".")[0] in sys.stdlib_module_names or name in STANDARD_ONLY or other_rules
        assert pure, f"{path}:{line} imports {name}"


def test_only_the_clock_asks_for_the_time():
    asking = {"now", "utcnow", "today"}
    found = []
    for path in python_files(PORTAL) + python_files(ROOT / "geo"):
        if path == PORTAL / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in asking:
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if name in ("datetime", "date"):
                    found.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "time.time",
                "time.localtime",
                "func.now",
            ):
                found.append(f"{path}:{node.lineno}")
    assert not found, found


def test_every_route_says_who_may_open_it():
    app = create_app(DATABASE_URL="sqlite://", SECRET_KEY="test")
    with app.app_context():
        silent = []
        for rule in app.url_map.iter_rules():
            try:
                assert allowed_for(rule.endpoint)
            except LookupError as error:
                silent.append(str(error))
    assert not silent, silent


def test_public_functions_of_geo_and_rules_say_what_they_do():
    silent = []
    for path in python_files(ROOT / "geo") + rules_files():
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            )
            if public and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not silent, silent


def test_no_template_carries_inline_style_or_script():
    import re

    for path in sorted((PORTAL / "templates").rglob("*.html")):
        text = path.read_text()
        assert not re.search(r"\sstyle=[\"']|\son[a-z]+=[\"']|javascript:", text), path
        for tag in re.findall(r"<(?:script|style)\b[^>]*>", text):
            # A person's data are a file of its own, which is opened without the portal.
            own = path.name == "export.html" and tag == "<style>"
            assert own or "nonce" in tag or "application/json" in tag, (path, tag)


def test_every_setting_is_documented():
    told = (ROOT / "docs" / "operators.md").read_text()
    assert not [name for name in SETTINGS if f"`{name}`" not in told]


def test_modules_stay_one_room():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files(PORTAL) + python_files(ROOT / "geo")
        if (lines := len(path.read_text().splitlines())) > 350
    }
    assert not long, long
