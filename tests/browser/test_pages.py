"""Every page, wide and narrow, with and without JavaScript: fits, is quiet, and axe finds nothing."""

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.db import db
from portal.people.access import BEGUN, PUBLIC, SIGNED_IN, allowed_for
from portal.register.models import Asset
from portal.register.rules import Kind
from tests.browser.conftest import apart

WIDTHS = (1280, 390)
# Answers that are no pages.
NO_PAGES = {"static", "home.area_css", "home.healthz", "home.ping"}
FILES = ("json", ".csv", ".gpkg", ".atom", ".ics")


# What a page is that is asked for nothing: there is none, or it asks for what it needs.
STATUS = {"/nothing-here": 404, "/report/here": 422}


def pages(*, public: bool) -> list[str]:
    """Paths of pages that need nothing but a look, read from the address table."""
    app = create_app(DATABASE_URL="sqlite://", SECRET_KEY="test")
    with app.app_context():
        return sorted(
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in rule.methods
            and not rule.arguments
            and rule.endpoint not in NO_PAGES
            and not rule.rule.endswith(FILES)
            and (PUBLIC in allowed_for(rule.endpoint)) is public
        )


# On a phone with JavaScript the crawl looks at them, and the test in Welsh below.
@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)], ids=["js", "no-js"])
@pytest.mark.parametrize("path", [*pages(public=True), "/nothing-here"])
def test_a_public_page(visit, path, width, scripts):
    seen = visit(path, width=width, scripts=scripts)
    assert seen.status == STATUS.get(path, 200)
    seen.check()


@pytest.mark.parametrize(
    "path", [path for path in pages(public=True) if path not in ("/letters", *STATUS)]
)
def test_a_public_page_in_welsh_on_a_phone(visit, path):
    """Welsh words are longer; the page must hold them."""
    # A width of its own is a browser of its own: the others must not be left speaking Welsh.
    seen = visit(f"/language/cy?next={path}", width=375)
    assert seen.page.locator("html").get_attribute("lang") == "cy"
    seen.check()


# Pages for whoever runs or opens rooms, whatever their role is called.
WHOSE = {"/hosting": "broker", "/hosting/week": "broker"}


def signed_in_pages() -> list[tuple[str, str]]:
    """(path, role that may open it) of the pages that are not for everybody."""
    app = create_app(DATABASE_URL="sqlite://", SECRET_KEY="test")
    by_path = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}
    with app.app_context():
        return [
            (
                path,
                next(
                    (
                        who.lower()
                        for who in sorted(allowed_for(by_path[path]))
                        if who not in (SIGNED_IN, BEGUN)
                    ),
                    WHOSE.get(path, "organiser"),
                ),
            )
            for path in pages(public=False)
        ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("path", "role"), signed_in_pages())
def test_a_signed_in_page(visit, people, path, role, width):
    seen = visit(path, width=width, email=people[role])
    assert seen.status == 200
    seen.check()


# Endpoint of a public page with an argument -> what to look at on the demonstration's data.
EXAMPLES = {
    "register.one": lambda: [
        f"/assets/{db.session.scalar(select(Asset.id).where(Asset.kind == kind).limit(1))}"
        for kind in Kind
    ],
    "people.use_link": lambda: ["/sign-in/spent"],
    "powers.one": lambda: ["/powers/contracting-out"],
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("endpoint", EXAMPLES)
def test_a_page_about_one_thing(visit, town, endpoint, width):
    for path in apart(in_town, town, EXAMPLES[endpoint]):
        seen = visit(path, width=width)
        assert seen.status == 200
        seen.check()


def in_town(town, call):
    with town.app_context():
        return call()
