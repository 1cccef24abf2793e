"""The real portal on the invented borough, served to a real browser."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from portal import migrate
from portal.db import db
from portal.demo import borough, build, cast
from portal.people import service
from tests import requirements

HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe.min.js").read_text()
# The same browser without its own windows takes half the processor's time, so it is chosen where there is one.
SHELL = "/usr/bin/chromium-headless-shell"
CHROMIUM = os.environ.get("CHROMIUM") or (SHELL if Path(SHELL).exists() else "/usr/bin/chromium")
# A folder: each checked page leaves its picture there, for whoever built it to look at.
PICTURES = os.environ.get("PICTURES", "")
# What WCAG 2.2 asks of a page that axe cannot see: each gives sentences about what is wrong.
NO_FOCUS = """() => {
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const looks = new Map([...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
    .filter((e) => e.checkVisibility()).map((e) => [e.tagName + "." + e.className + e.type, e]));
  return [...looks].filter(([, e]) => {
    e.focus({preventScroll: true});
    return document.activeElement === e && !ring(getComputedStyle(e))
      && !(e.nextElementSibling && ring(getComputedStyle(e.nextElementSibling, "::before")));
  }).map(([look]) => `no focus to be seen with the system's colours: ${look}`);
}"""
MOVING = """() => document.getAnimations().filter((one) => one.playState === "running")
  .map((one) => `moves all the same: ${one.effect.target.className}`)"""
SPACED_OUT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => e.checkVisibility()
    && getComputedStyle(e).overflowY === "hidden" && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 1
    && e.innerText)
  .map((e) => `cut off when spaced out: ${e.tagName}.${e.className}`)"""
# A card's title is the target of the whole card, so what else can be pressed in it must lie above.
UNDER_ITS_CARD = """() => [...document.querySelectorAll(
    ".mw-card:has(.mw-card__title a) :is(a[href], button, summary, input:not([type=hidden]), select)")]
  .filter((e) => !e.closest(".mw-card__title") && e.checkVisibility())
  .filter((e) => { for (let n = e; !n.matches(".mw-card"); n = n.parentElement) {
    if (getComputedStyle(n).zIndex !== "auto") return false; } return true; })
  .map((e) => `under the link of its card: ${e.innerText || e.name}`)"""
# What brings scripts and files of its own once the page is there; an idle network is waited for half a second.
FETCHES_MORE = "figure.mw-map, input[data-here], form[data-saving], iframe"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# First, so that pytest-xdist sees that they share a town and a Chromium: 20 s to build.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))


# Not for the whole session: while Playwright runs, its event loop is in the way of every other test here.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium; nothing is downloaded."""
    requirements.need_browser(CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on the demonstration's borough, listening at its BASE_URL."""
    app = apart(_build_town, tmp_path_factory.mktemp("town"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()
    apart(_close, app)


def apart(call, *args):
    """Run something of the application's in another thread: Playwright's event loop has this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call, *args).result()


def _build_town(folder: Path) -> Flask:
    app = build.app_on(folder / "town.sqlite3", borough.SLUG, base_url="http://127.0.0.1")
    with app.app_context():
        migrate.upgrade(db.engine)
        build.fill(borough.SLUG, borough.write(folder / "files"))
    return app


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


class Visit:
    """One page opened in a browser, with everything that went wrong on the way."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.page: Page = context.new_page()
        self.status = 0
        self.faults: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)

    def open(self, path: str, until: str = "load") -> "Visit":
        """Go there; what was wrong with the page before is told no more."""
        self.faults.clear()
        # The crawl follows the link to Welsh; what comes after it in the same browser is English again.
        self.page.context.clear_cookies(name="language")
        answer = self.page.goto(self.base + path, wait_until=until)
        assert answer is not None
        self.status = answer.status
        return self

    def _console(self, message) -> None:
        # The browser reports a 404 page, or a script kept away, as an error of its own.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.base, "blob:", "data:")):
            self.faults.append(f"asks a third party: {request.url}")

    def _picture(self) -> None:
        name = (
            self.page.url.removeprefix(self.base)
            .strip("/")
            .translate(str.maketrans("/?&=", "----"))
        )
        width = self.page.viewport_size["width"]
        self.page.screenshot(path=Path(PICTURES) / f"{name or 'first'}-{width}.png", full_page=True)

    @property
    def too_wide(self) -> list[str]:
        """The elements that reach over the right edge, when the page can be scrolled sideways."""
        return self.page.evaluate("""() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return [];
            return [...document.querySelectorAll("body *")]
              .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
              .map((e) => e.tagName + "." + e.className).slice(0, 8);
        }""")

    def axe(self) -> list[str]:
        """What axe finds wrong, a line for each rule with the first elements."""
        self.page.evaluate(AXE)
        # WCAG 2.2's size of targets, 24 px, is not among what axe looks at by itself.
        asked = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"
        found = self.page.evaluate(f"axe.run({asked}).then((result) => result.violations)")
        return [
            f"{rule['id']}: {rule['help']}: {[node['target'] for node in rule['nodes'][:4]]}"
            for rule in found
        ]

    def faults_found(self) -> list[str]:
        """Everything wrong with the page, once all of it is there: a click may have only begun to bring it."""
        more = self.page.locator(FETCHES_MORE).count()
        self.page.wait_for_load_state("networkidle" if more else "load")
        if PICTURES:
            self._picture()
        wide = [f"too wide: {self.too_wide}"] if self.too_wide else []
        return wide + self.page.evaluate(UNDER_ITS_CARD) + self.axe() + self.faults

    def faults_for_others(self) -> list[str]:
        """What is wrong for who zooms in to 400%, spaces letters out, has colours of their own, and wants no motion."""
        size = self.page.viewport_size
        self.page.emulate_media(forced_colors="active", reduced_motion="reduce")
        faults = self.page.evaluate(NO_FOCUS) + self.page.evaluate(MOVING)
        self.page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        self.page.evaluate(SPACED_OUT)
        faults += [f"too wide when spaced out: {self.too_wide}"] if self.too_wide else []
        faults += self.page.evaluate(CUT_OFF)
        self.page.evaluate("document.adoptedStyleSheets = []")
        self.page.set_viewport_size({"width": 320, "height": 256})
        faults += [f"too wide at 400%: {self.too_wide}"] if self.too_wide else []
        self.page.set_viewport_size(size)
        return faults

    def check(self) -> None:
        """No sideways scrolling, nothing wrong in the console, nothing for axe to find."""
        assert not self.faults_found()


@pytest.fixture(scope="package")
def contexts(chromium: Browser) -> Iterator[dict]:
    """Browser contexts by what they can do, made when first needed."""
    made: dict = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(chromium: Browser, town: Flask, contexts: dict):
    """Open a page: visit(path, width=390, scripts=False, email=None). Signs in when given an address."""
    pages: list[Page] = []
    base = town.config["BASE_URL"]

    def opened(
        path: str,
        *,
        width: int = 1280,
        scripts: bool = True,
        email: str | None = None,
        until: str = "load",
    ):
        key = (width, scripts, email)
        if key not in contexts:
            contexts[key] = chromium.new_context(viewport={"width": width, "height": 800})
            if not scripts:
                # The page's own scripts never come (none is inline); axe, which is one, still can.
                contexts[key].route("**/*.mjs", lambda route: route.abort())
            contexts[key].set_default_timeout(15_000)
            if email:
                _sign_in(contexts[key], town, email)
        made = Visit(contexts[key], base)
        pages.append(made.page)
        return made.open(path, until)

    yield opened
    for page in pages:
        page.close()


def _link(town: Flask, email: str) -> str:
    with town.app_context():
        return service.make_link(email, "/account")


def _sign_in(context: BrowserContext, town: Flask, email: str) -> None:
    link = apart(_link, town, email)
    page = context.new_page()
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/account")
    page.close()


@pytest.fixture(scope="session")
def people() -> dict[str, str]:
    """The address of one person for each role of the demonstration."""
    return {role.lower(): person.email for role, person, _about in cast.roles()}


@pytest.fixture
def basemap() -> Iterator[SimpleNamespace]:
    """A server of map styles on an origin of its own; what it gives is asked for by page and by worker."""
    style = {
        "version": 8,
        "sources": {"places": {"type": "geojson", "data": "places.json"}},
        "layers": [{"id": "places", "type": "circle", "source": "places"}],
    }
    answers = {"/style.json": style, "/places.json": {"type": "FeatureCollection", "features": []}}
    asked: list[str] = []

    @Request.application
    def answer(request):
        asked.append(request.path)
        headers = {"Access-Control-Allow-Origin": "*"}
        return Response(
            json.dumps(answers[request.path]), mimetype="application/json", headers=headers
        )

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    style["sources"]["places"]["data"] = f"{address}/places.json"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(address=address, asked=asked)
    server.shutdown()
    thread.join()
    server.server_close()
