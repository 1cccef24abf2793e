"""The guide as data: whole, official, plainly put; and what fits which place."""

import re
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.areas.rules import Nation
from portal.errors import BadInput
from portal.people.rules import HolderKind
from portal.powers import rules
from portal.powers.rules import FOLDER, Purpose, fitting, guide, is_official, is_old, read_file
from portal.register.rules import Kind, Status

ALL = list(guide().values())
KINDS, STATUSES = st.sampled_from(Kind), st.sampled_from(Status)
HOLDERS, NATIONS = st.sampled_from(HolderKind), st.sampled_from(Nation)
E, W, S, N = Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND
COUNCIL, SCHOOL, NHS, OTHER = (
    HolderKind.COUNCIL,
    HolderKind.SCHOOL,
    HolderKind.NHS,
    HolderKind.OTHER,
)
VACANT, OCCUPIED = Status.VACANT, Status.OCCUPIED

# Words that a tired person does not know; a source may be called what it is called.
JARGON = re.compile(
    r"\b(consideration|dispos\w+|moratori\w+|pursuant|hereditament|notwithstanding|demis\w+|hereby|thereof|"
    r"herein|undervalue|relevant authority|covenant|vires|fiduciary|prescribed|statutory|entity|utili[sz]e|"
    r"stakeholder|facilitate|in respect of|hereinafter|proprietor)\b",
    re.IGNORECASE,
)

# (power, kind, status, holder, nation, whether it fits)
TABLE = [
    ("short-lease", Kind.LAND, VACANT, COUNCIL, E, True),
    ("short-lease", Kind.ROOM, VACANT, COUNCIL, W, True),
    ("short-lease", Kind.LAND, VACANT, COUNCIL, S, False),
    ("short-lease", Kind.LAND, OCCUPIED, COUNCIL, E, False),
    ("short-lease", Kind.LAND, VACANT, NHS, E, False),
    ("open-space-notice", Kind.LAND, VACANT, COUNCIL, E, True),
    ("open-space-notice", Kind.BUILDING, VACANT, COUNCIL, E, False),
    ("less-than-best-price-england", Kind.BUILDING, VACANT, COUNCIL, E, True),
    ("less-than-best-price-england", Kind.BUILDING, VACANT, COUNCIL, W, False),
    ("less-than-best-price-wales", Kind.BUILDING, VACANT, COUNCIL, W, True),
    ("community-value", Kind.BUILDING, OCCUPIED, OTHER, E, True),
    ("community-value", Kind.BUILDING, OCCUPIED, OTHER, W, False),
    ("rental-auction", Kind.BUILDING, VACANT, OTHER, E, True),
    ("rental-auction", Kind.BUILDING, VACANT, COUNCIL, E, False),
    ("rental-auction", Kind.LAND, VACANT, OTHER, E, False),
    ("empty-homes", Kind.BUILDING, VACANT, OTHER, W, True),
    ("empty-homes", Kind.BUILDING, VACANT, COUNCIL, E, False),
    ("school-land-england", Kind.LAND, VACANT, SCHOOL, E, True),
    ("school-land-england", Kind.ROOM, VACANT, SCHOOL, E, False),
    ("asset-transfer-request", Kind.ROOM, Status.UNDER_USED, NHS, S, True),
    ("asset-transfer-request", Kind.LAND, VACANT, HolderKind.HOUSING_ASSOCIATION, S, False),
    ("neglected-land-scotland", Kind.LAND, VACANT, HolderKind.UNKNOWN, S, True),
    ("future-generations", Kind.LAND, VACANT, COUNCIL, W, True),
    ("best-price-ni", Kind.LAND, VACANT, COUNCIL, N, True),
    ("contracting-out", Kind.BUILDING, VACANT, NHS, N, False),
    ("right-to-stay-ni", Kind.BUILDING, VACANT, NHS, N, True),
]  # fmt: skip


def of_place(*place, **more):
    return [power.id for power in fitting(ALL, *place, **more)]


@pytest.mark.parametrize(("power", "kind", "status", "holder", "nation", "fits"), TABLE)
def test_what_fits(power, kind, status, holder, nation, fits):
    assert (power in of_place(kind, status, holder, nation)) is fits


def test_every_place_finds_something():
    for place in product(Kind, Status, HolderKind, Nation):
        assert of_place(*place), place


def test_every_entry_fits_some_place():
    found = {one for place in product(Kind, Status, HolderKind, Nation) for one in of_place(*place)}
    assert found == set(guide())


@given(
    kind=KINDS, status=STATUSES, holder=HOLDERS, nation=NATIONS, land=st.floats(0, 1e7) | st.none()
)
def test_what_fits_is_of_this_place_alone(kind, status, holder, nation, land):
    found = fitting(ALL, kind, status, holder, nation, land)
    for power in found:
        assert nation in power.nations
        assert kind in power.kinds
        assert status in power.statuses
        assert holder in power.holders
        assert power.least_m2 is None or land is None or land >= power.least_m2
    purposes = [list(Purpose).index(power.purpose) for power in found]
    assert purposes == sorted(purposes), "the most useful first"
    assert len({power.id for power in found}) == len(found)


@given(
    kind=KINDS | st.none(),
    status=STATUSES | st.none(),
    holder=HOLDERS | st.none(),
    nation=NATIONS | st.none(),
)
def test_to_ask_less_never_finds_less(kind, status, holder, nation):
    asked = set(of_place(kind, status, holder, nation))
    for less in ((None, status, holder, nation), (kind, status, holder, None), (None,) * 4):
        assert asked <= set(of_place(*less))
    assert set(of_place()) == set(guide())


def test_what_is_reached_for_first_comes_first():
    assert of_place(Kind.LAND, VACANT, COUNCIL, E)[0] == "short-lease"
    assert of_place(Kind.BUILDING, VACANT, NHS, S)[0] == "asset-transfer-request"


def test_a_plot_too_small_for_a_pitch_is_no_playing_field():
    field = (Kind.LAND, VACANT, COUNCIL, W)
    assert "playing-fields-wales" in of_place(*field)
    assert "playing-fields-wales" in of_place(*field, land_m2=400)
    assert "playing-fields-wales" not in of_place(*field, land_m2=399.9)


def test_what_is_for_one_holder_comes_before_what_is_for_all():
    found = of_place(Kind.ROOM, VACANT, HolderKind.POLICE, E)
    assert found[0] == "police-property"


@pytest.mark.parametrize("power", ALL, ids=lambda power: power.id)
def test_an_entry_is_put_plainly(power):
    assert re.fullmatch(r"[a-z0-9-]+", power.id)
    assert 2 <= len(re.findall(r"[.!?](?: |$)", power.text)) <= 4, "two to four sentences"
    assert len(re.findall(r"[.!?](?: |$)", power.short)) == 1, "one sentence"
    assert len(power.title) <= 70
    assert not power.title.endswith(".")
    for said in (power.title, power.short, power.text, power.decides, *power.limits):
        assert not JARGON.search(said), (power.id, JARGON.search(said))
        assert said == " ".join(said.split())
        for sentence in re.split(r"(?<=[.!?]) ", said):
            assert len(sentence.split()) <= 28, sentence


@pytest.mark.parametrize("power", ALL, ids=lambda power: power.id)
def test_an_entry_names_an_official_source(power):
    for link in (power.source, *power.further):
        assert is_official(link.url), link
        assert link.name
    assert date(2026, 1, 1) <= power.checked_on <= date(2030, 1, 1)


def test_the_laws_that_a_council_asks_for_are_there():
    told = " ".join(f"{p.source.name} {p.source.url} {p.further}" for p in ALL)
    for law in (
        "section 123(2) and (7)", "section 123(2A)", "General Disposal Consent (England) 2003",
        "General Disposal Consent (Wales) 2003", "Localism Act 2011, Part 5", "Localism Act 2011, sections 1",
        "English Devolution and Community Empowerment Act 2026", "Allotments Act 1908, section 23",
        "Meanwhile use leases", "Landlord and Tenant Act 1954", "Levelling-up and Regeneration Act 2023, Part 10",
        "sections 215", "Housing Act 2004", "section 226", "Local Government Finance Act 1988",
        "School Standards and Framework Act 1998, section 77", "Academies Act 2010", "National Health Service Act 2006",
        "Housing and Regeneration Act 2008, section 10", "Managing Public Money",
        "Community Empowerment (Scotland) Act 2015, Part 5", "section 112", "sections 119", "section 104",
        "Land Reform (Scotland) Act 2003, Part 2", "Part 3A", "Land Reform (Scotland) Act 2016, Part 5",
        "Disposal of Land by Local Authorities (Scotland) Regulations 2010", "Well-being of Future Generations",
        "Community Asset Transfers in Wales", "Playing Fields (Community Involvement",
        "Local Government Act (Northern Ireland) 1972, section 96", "Community asset transfer policy",
    ):  # fmt: skip
        assert law in told, law


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://www.legislation.gov.uk/ukpga/1972/70/section/123", True),
        ("https://www.gov.scot/publications", True),
        ("https://gov.wales/", True),
        ("http://www.gov.uk/", False),
        ("https://gov.uk.example.org/", False),
        ("https://notgov.uk/", False),
        ("https://www.gov.uk@example.org/", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_whose_page_a_source_may_be(url, official):
    assert is_official(url) is official


def test_an_entry_gets_old():
    power = ALL[0]
    assert not is_old(power, power.checked_on)
    assert not is_old(power, date(2027, 11, 21))
    assert is_old(power, date(2027, 11, 22))


# ---- a wrong file is refused with file, entry and reason

GOOD = """
[power.lend]
title = "Lend it"
short = "It may be lent."
text = "It may be lent. Ask."
decides = "The council."
purpose = "use"
nations = ["england"]
source = "An Act"
url = "https://www.legislation.gov.uk/"
checked_on = 2026-11-21
"""


def written(tmp_path, text, name="one.toml"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_good_file_is_read_and_what_is_left_out_means_all(tmp_path):
    (power,) = read_file(written(tmp_path, GOOD))
    assert power.id == "lend"
    assert power.kinds == frozenset(Kind)
    assert power.holders == frozenset(HolderKind)
    assert power.limits == ()
    assert power.least_m2 is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('title = "Lend it"\n', "", "title is missing"),
        ('title = "Lend it"', 'title = ""', "title is not"),
        ('title = "Lend it"', "title = 7", "title is not"),
        ('purpose = "use"', 'purpose = "fun"', "'fun'"),
        ('nations = ["england"]', 'nations = ["narnia"]', "narnia"),
        ('nations = ["england"]', "nations = []", "nations"),
        ('nations = ["england"]', "", "nations is missing"),
        ('nations = ["england"]', 'nations = "england"', "nations"),
        ('purpose = "use"', 'purpose = "use"\nkind = ["land"]', "kind means nothing"),
        ('purpose = "use"', 'purpose = "use"\nkinds = [["land"]]', "kinds"),
        ('purpose = "use"', 'purpose = "use"\nlimits = ["a", 7]', "limits"),
        ('purpose = "use"', 'purpose = "use"\nlimits = "a"', "limits"),
        ('purpose = "use"', 'purpose = "use"\nleast_m2 = true', "least_m2"),
        ('purpose = "use"', 'purpose = "use"\nfurther = ["x"]', "further"),
        ('purpose = "use"', 'purpose = "use"\nfurther = [{ source = "A blog", url = "https://blog.example" }]', "blog"),
        ("https://www.legislation.gov.uk/", "https://example.org/law", "example.org"),
        ("checked_on = 2026-11-21", 'checked_on = "soon"', "checked_on"),
        ("checked_on = 2026-11-21", "checked_on = 2026-11-21T10:00:00", "checked_on"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_by_name(tmp_path, old, new, reason):
    assert old in GOOD
    with pytest.raises(BadInput) as caught:
        read_file(written(tmp_path, GOOD.replace(old, new)))
    said = str(caught.value)
    assert "one.toml" in said
    assert "lend" in said
    assert reason in said


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe", b"power = ", b"", b"power = 7", b"[[power]]\ntitle = 'x'", b"[power]\nlend = 7"],
)
def test_a_file_that_is_no_guide_is_refused(tmp_path, text):
    with pytest.raises(BadInput) as caught:
        read_file(written(tmp_path, text))
    assert "one.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput):
        read_file(tmp_path / "gone.toml")


def test_two_entries_of_one_name_are_refused(tmp_path):
    written(tmp_path, GOOD)
    written(tmp_path, GOOD, "two.toml")
    with pytest.raises(BadInput) as caught:
        guide(tmp_path)
    assert "two.toml" in str(caught.value)


def test_the_files_are_all_read():
    assert len(ALL) == sum(len(read_file(file)) for file in FOLDER.glob("*.toml"))
    assert rules.guide() is guide(), "read once"
