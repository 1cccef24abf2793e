"""What is committed under static/: where it comes from, what it must not contain, and that it is all there."""

import json
import re

from portal.config import ROOT

STATIC = ROOT / "static"
REGISTRY = "https://registry.npmjs.org/"


def test_every_package_comes_from_the_public_registry_with_its_hash():
    packages = json.loads((STATIC / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        if name:
            # Without an address it is npm's own registry; a mirror's would be somebody's machine.
            assert package.get("resolved", REGISTRY).startswith(REGISTRY), name
            assert package["integrity"].startswith("sha512-"), name


def test_neither_crown_nor_font_of_the_government_is_shipped():
    css = (STATIC / "vendor" / "govuk" / "govuk.css").read_text()
    assert not re.search(r"GDS ?Transport|@font-face|crown", css)


def test_what_is_shipped_has_its_licence_beside_it():
    for folder in (*(STATIC / "vendor").iterdir(), ROOT / "tests" / "browser" / "vendor"):
        assert list(folder.glob("LICENSE*")), folder


def test_style_sheets_and_scripts_ask_nobody_else():
    for path in (
        *(STATIC / "css").iterdir(),
        *(STATIC / "js").iterdir(),
        STATIC / "vendor/govuk/govuk.css",
    ):
        assert not re.search(r"(?:url\(|import |from )[\"']?(?:https?:)?//", path.read_text()), path


def test_every_class_of_the_house_that_a_template_uses_has_a_style():
    styled = set()
    for path in (STATIC / "css").iterdir():
        styled |= set(re.findall(r"\.(mw-[a-z_-]+)", path.read_text()))
    used = {}
    for path in (ROOT / "portal" / "templates").rglob("*.html"):
        # A class that is put together in the template (mw-tag--{{ tone }}) ends in a dash or two underscores here.
        for name in re.findall(r"\b(mw-[a-z_-]+)", path.read_text()):
            used.setdefault(name, path.name)
    missing = {n: f for n, f in used.items() if not n.endswith(("-", "__")) and n not in styled}
    assert not missing
