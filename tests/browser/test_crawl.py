"""Follow every link that each role is shown: nothing is dead, and every page on the way is as good as the first."""

from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from portal.people.access import PUBLIC

ROLES = ("nobody", "organiser", "broker", "officer", "panel", "chair", "administrator")
# How many pages of one kind are looked at; cases differ by state, so there are more of them.
MOST = {"proposals.case": 10, "lettings.let": 6}
# Pages that are open to everybody and still differ from role to role.
DIFFERS = {"proposals.case", "lettings.let", "register.one"}
FILES = ("json", "ics", "atom", "csv", "gpkg", "webp", "pdf", "docx", "zip")
# What has been tried at four times the size and so on: once for each kind of page is enough.
strained: set[str] = set()
# Where it begins.
DOORS = ("/", "/account", "/cases", "/assets?kind=land&status=vacant", "/assets?kind=room")


@pytest.mark.parametrize("role", ROLES)
def test_every_link_leads_to_a_good_page(visit, town, people, role):
    email = people.get(role)
    ways = town.url_map.bind(urlsplit(town.config["BASE_URL"]).netloc)
    seen: set[str] = set()
    looked_at: Counter[str] = Counter()
    waiting = list(DOORS)
    faults = []
    page = None
    while waiting:
        path = waiting.pop(0)
        endpoint = endpoint_of(ways, path)
        if path in seen or looked_at[endpoint] >= MOST.get(endpoint, 2):
            continue
        judged = role == "nobody" or endpoint in DIFFERS or not public(town, endpoint)
        if not judged and path not in DOORS:
            continue  # the same page for everybody has been looked at as nobody
        seen.add(path)
        looked_at[endpoint] += 1
        page = page.open(path) if page else visit(path, width=390, email=email)
        if page.status != 200:
            faults.append(f"{path}: {page.status}")
            continue
        waiting += links(page.page, town.config["BASE_URL"])
        if judged:
            faults += [f"{path}: {fault}" for fault in page.faults_found()]
            if endpoint not in strained:
                strained.add(endpoint)
                faults += [f"{path}: {fault}" for fault in page.faults_for_others()]
    assert not faults, "\n".join(faults)


def endpoint_of(ways, path: str) -> str:
    try:
        return ways.match(urlsplit(path).path)[0]
    except HTTPException:
        return "nowhere"


def public(town, endpoint: str) -> bool:
    view = town.view_functions.get(endpoint)
    return PUBLIC in getattr(view, "allowed", ())


def links(page, base: str) -> list[str]:
    """The pages of ours that this one links to."""
    found = page.eval_on_selector_all("a[href]", "all => all.map((a) => a.href)")
    paths = [
        urljoin(base, href).removeprefix(base).partition("#")[0]
        for href in found
        if href.startswith(base + "/")
    ]
    return [path for path in paths if path and not is_file(path.partition("?")[0])]


def is_file(path: str) -> bool:
    """What a browser shows by itself or keeps, and is no page of ours."""
    return "/files/" in path or path.endswith(FILES)
