"""The guide's pages: what fits, each entry, and the part on an asset's page."""

import html
import re
from datetime import UTC, date, datetime

import pytest

from portal import clock
from portal.areas.rules import Nation
from portal.people.rules import HolderKind
from portal.powers import rules
from portal.register.rules import Kind, Status
from tests import factories
from tests.test_hostile import NASTY

LINK = re.compile(r'href="/powers/([a-z0-9-]+)"')


def text(response):
    return html.unescape(response.get_data(as_text=True))


def shown(client, path="/powers", status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return LINK.findall(text(answer))


def fitting(**asked):
    return [power.id for power in rules.fitting(rules.guide().values(), **asked)]


@pytest.mark.parametrize("nation", Nation)
def test_the_guide_is_of_the_areas_nation_until_another_is_chosen(client, nation):
    factories.area(nation=nation)
    assert shown(client) == fitting(nation=nation)
    assert shown(client, "/powers?nation=scotland") == fitting(nation=Nation.SCOTLAND)
    assert shown(client, "/powers?nation=") == fitting()


def test_the_filters_narrow_the_guide(client):
    factories.area()
    asked = {"nation": Nation.WALES, "kind": Kind.ROOM, "holder_kind": HolderKind.SCHOOL}
    path = "/powers?nation=wales&kind=room&holder=school"
    assert shown(client, path) == fitting(**asked)
    page = text(client.get(path))
    assert "School governors may let" in page
    assert '<option value="wales" selected>' in page


@pytest.mark.parametrize("name", ["nation", "kind", "holder"])
@pytest.mark.parametrize("bad", NASTY.values(), ids=NASTY)
def test_a_filter_that_makes_no_sense_is_told_and_asks_nothing(client, name, bad):
    factories.area()
    answer = client.get("/powers", query_string={"nation": "england", name: bad[:4000]})
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert "Choose one of the answers shown." in text(answer)
    assert "/powers/land-register" in text(answer), "everything else is shown"


def test_entries_of_one_name_are_told_apart_by_their_nations(client):
    factories.area()
    page = text(client.get("/powers?nation="))
    assert re.search(r"See who owns it</a> \(England, Wales\)<br>", page)
    assert re.search(r"See who owns it</a> \(Scotland\)<br>", page)
    assert "See who owns it</a><br>" in text(client.get("/powers"))


def test_a_filter_that_comes_twice(client):
    factories.area()
    found = shown(client, "/powers?nation=scotland&nation=wales&x=1")
    assert found == fitting(nation=Nation.SCOTLAND), "the first one is meant"


def test_each_entry_has_its_page(client):
    factories.area()
    for power in rules.guide().values():
        page = text(client.get(f"/powers/{power.id}"))
        for said in (power.title, power.short, power.text, power.decides, *power.limits):
            assert said in page, power.id
        assert f'href="{power.source.url}"' in page
        assert "Saturday 21 November 2026" in page
        assert "This is not legal advice" in page
        assert "more than a year ago" not in page


def test_an_old_entry_says_so(client):
    factories.area()
    with clock.at(datetime(2028, 1, 1, 12, tzinfo=UTC)):
        assert "more than a year ago" in text(client.get("/powers/short-lease"))


@pytest.mark.parametrize("bad", ["nothing", "short-lease%00", "%2e%2e", "SHORT-LEASE", "x" * 3000])
def test_an_entry_that_is_not_there(client, bad):
    factories.area()
    assert client.get(f"/powers/{bad}").status_code == 404


@pytest.mark.parametrize(
    ("nation", "kind", "status", "holder"),
    [
        (Nation.ENGLAND, Kind.LAND, Status.VACANT, HolderKind.COUNCIL),
        (Nation.WALES, Kind.LAND, Status.VACANT, HolderKind.PARISH),
        (Nation.SCOTLAND, Kind.BUILDING, Status.VACANT, HolderKind.NHS),
        (Nation.NORTHERN_IRELAND, Kind.ROOM, Status.UNDER_USED, HolderKind.SCHOOL),
        (Nation.ENGLAND, Kind.BUILDING, Status.OCCUPIED, HolderKind.UNKNOWN),
    ],
)
def test_an_assets_page_shows_what_fits_it(client, nation, kind, status, holder):
    area = factories.area(nation=nation)
    held = factories.holder(area, kind=holder)
    asset = factories.asset(held, kind=kind, status=status, land_m2=120)
    found = shown(client, f"/assets/{asset.id}")
    assert found == fitting(
        nation=nation, kind=kind, status=status, holder_kind=holder, land_m2=120
    )
    assert found
    page = text(client.get(f"/assets/{asset.id}"))
    assert f"What the holder and others may do with it ({len(found)})" in page
    assert f"/powers?nation={nation.value}&kind={kind.value}" in page


def test_the_entries_say_that_they_are_english_to_a_reader_of_welsh(client):
    area = factories.area(nation=Nation.WALES)
    asset = factories.asset(factories.holder(area))
    english = 'lang="en"'
    client.set_cookie("language", "cy")
    for path in ("/powers", "/powers/asset-transfer-wales", f"/assets/{asset.id}"):
        page = text(client.get(path))
        assert '<html lang="cy"' in page
        assert english in page
        assert "_english" not in page
        assert "govuk-link" in page
    client.set_cookie("language", "en")
    assert "written in English" not in text(client.get("/powers"))


def test_every_page_leads_to_the_guide(client):
    factories.area()
    assert 'href="/powers"' in text(client.get("/"))


def test_the_day_is_a_day():
    assert all(type(power.checked_on) is date for power in rules.guide().values())
