"""Every page, wide and narrow, with and without JavaScript: fits, is quiet, and axe finds nothing."""

import pytest

from portal.app import create_app
from portal.people.access import PUBLIC, allowed_for

WIDTHS = (1280, 390)
# Answers that are no pages.
NO_PAGES = {"static", "home.area_css", "home.healthz"}


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
            and not rule.rule.endswith("json")
            and (PUBLIC in allowed_for(rule.endpoint)) is public
        )


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [*pages(public=True), "/nothing-here"])
def test_a_public_page(visit, path, width, scripts):
    seen = visit(path, width=width, scripts=scripts)
    assert seen.status == (404 if path == "/nothing-here" else 200)
    seen.check()
