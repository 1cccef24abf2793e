"""Year on year: what is new, changed, gone, back or newly vacant, and what a person's word keeps out."""

from datetime import date

import pytest
from sqlalchemy import func, select, text

from portal import clock
from portal.areas.models import Area
from portal.db import db
from portal.intake.importer import Options, import_register
from portal.people.models import Holder
from portal.register.models import Asset, Fact
from portal.register.rules import LocatedBy, Status
from portal.register.sources import sources_of

HEADS = "OrganisationLabel,EffectiveDate,AssetCode,UPRN,PropertyName,PostCode,GeoX,GeoY,TenureDetail,HoldingType"


@pytest.fixture
def load(app, tmp_path):
    """Write a file and import it."""

    def run(name, *rows, headings=HEADS, **options):
        path = tmp_path / name
        path.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
        return import_register(path, "testing", Options(**options))

    return run


def row(year, code, name="Yard", **told):
    state, place = told.get("state", "Occupied"), told.get("place", "-2.3,53.4")
    uprn, postcode = told.get("uprn", ""), told.get("postcode", "")
    by = told.get("by", "Here Council")
    return f"{by},{year}-03-31,{code},{uprn},{name},{postcode},{place},{state},Land"


def assets():
    return db.session.scalars(select(Asset).order_by(Asset.id)).all()


def one(code):
    db.session.expire_all()
    return db.session.scalars(select(Asset).where(Asset.code == code)).one()


def counted(found, *names):
    return [found[name] for name in names]


def test_new_changed_gone_back_and_newly_vacant_are_told_apart(load):
    load("assets-2024.csv", row(2024, "A1"), row(2024, "A2", "Field"), row(2024, "A3", "Sold"))
    found = load(
        "Assets March 2025.csv",
        row(2025, "A1", state="Vacant"),
        row(2025, "A2", "Big Field"),
        row(2025, "A4", "Shed"),
    )
    names = ("new", "changed", "unchanged", "gone", "newly_vacant", "back")
    assert counted(found, *names) == [1, 2, 0, 1, 1, 0]
    told = {line["code"]: (line["what"], line["why"]) for line in found["report"]}
    assert told["A1"][0] == "newly_vacant"
    assert "status: occupied → vacant" in told["A1"][1]
    assert "Field → Big Field" in told["A2"][1]
    assert told["A3"][0] == "gone"
    assert (one("A3").gone_on, one("A1").vacant_since) == (date(2025, 3, 31), date(2025, 3, 31))
    found = load(
        "assets-2026.csv",
        row(2026, "A1"),
        row(2026, "A2", "Big Field"),
        row(2026, "A3", "Sold"),
        row(2026, "A4", "Shed"),
    )
    assert counted(found, *names) == [0, 2, 2, 0, 0, 1]
    assert (one("A3").gone_on, one("A1").vacant_since) == (None, None)


def test_a_new_code_is_the_same_asset_by_uprn_then_by_place_and_name(load):
    load(
        "assets-2024.csv",
        row(2024, "A1", uprn="1001"),
        row(2024, "A2", "Field"),
        row(2024, "A3", "Hut", place=",", postcode="M33 7DZ"),
    )
    before = [asset.id for asset in assets()]
    found = load(
        "assets-2025.csv",
        row(2025, "B1", "Yard renamed", uprn="1001"),
        row(2025, "B2", "FIELD", place="-2.3002,53.4001"),
        row(2025, "B3", "Hut", place=",", postcode="m337dz"),
    )
    assert counted(found, "new", "changed", "gone") == [0, 3, 0]
    assert [(asset.id, asset.code) for asset in assets()] == list(
        zip(before, ["B1", "B2", "B3"], strict=True)
    )


def test_what_is_not_certainly_the_same_is_new(load):
    load(
        "assets-2024.csv",
        row(2024, "A1", uprn="1001"),
        row(2024, "A2", "Field", uprn="1001"),
        row(2024, "A3", "Hut"),
    )
    found = load(
        "assets-2025.csv",
        row(2025, "B1", "Other", uprn="1001", place="-2.4,53.4"),  # two had this UPRN
        row(2025, "B3", "Hut", place="-2.31,53.4"),  # the same name half a kilometre away
    )
    assert counted(found, "new", "gone") == [2, 3]


def test_an_asset_that_the_file_has_by_its_own_code_is_not_taken_by_another_row(load):
    load("assets-2024.csv", row(2024, "A1", uprn="1001"))
    found = load(
        "assets-2025.csv", row(2025, "B1", "Yard", uprn="1001"), row(2025, "A1", uprn="1001")
    )
    assert counted(found, "new", "unchanged", "gone") == [1, 1, 0]


def test_another_list_makes_nothing_gone_and_adds_only_what_was_open(load):
    load("assets-2024.csv", row(2024, "A1", "Sale Library", uprn="1001"), row(2024, "A2"))
    found = load(
        "libraries_2025.csv",
        "Sale Library,1001,Mill Lane,WA1 1AA,Mo-Fr 09:00-17:00",
        headings="name,uprn,address,postcode,opening_hours",
    )
    assert counted(found, "new", "changed", "gone") == [0, 1, 0]
    asset = one("A1")
    assert (asset.status, asset.public_hours) == (Status.UNDER_USED, "Mo-Fr 09:00-17:00")
    said = sources_of(asset)
    assert said["name"] == ("Here Council, assets-2024.csv", date(2024, 3, 31))
    assert (
        said["public_hours"].label == said["status"].label == "Testing Council, libraries_2025.csv"
    )
    again = load("assets-2025.csv", row(2025, "A1", "Sale Library", uprn="1001"), row(2025, "A2"))
    assert counted(again, "changed", "unchanged", "gone") == [0, 2, 0]
    assert one("A1").status is Status.UNDER_USED
    assert sources_of(one("A1"))["public_hours"].label.endswith("libraries_2025.csv")
    assert sources_of(one("A1"))["name"].as_of == date(2025, 3, 31)


def test_a_cell_left_empty_keeps_the_old_value_and_its_source(load):
    load("assets-2024.csv", row(2024, "A1", postcode="M33 7DZ", uprn="77"))
    load("assets-2025.csv", row(2025, "A1", uprn="77"))
    asset = one("A1")
    assert asset.postcode == "M33 7DZ"
    said = sources_of(asset)
    assert (said["postcode"].as_of, said["uprn"].as_of) == (date(2024, 3, 31), date(2025, 3, 31))
    load("assets-2026.csv", row(2026, "A1", uprn="77", postcode="M33 7DZ"))
    assert one("A1").facts == []


def test_what_a_person_has_checked_is_kept_and_told_with_both_values(load):
    load("assets-2024.csv", row(2024, "A1"))
    asset = one("A1")
    asset.name, asset.located_by = "The Old Yard", LocatedBy.BROKER
    asset.facts = [Fact(name="name", source="seen on site", as_of=date(2024, 5, 1), checked=True)]
    db.session.commit()
    found = load("assets-2025.csv", row(2025, "A1", "Yard 7", place="-2.31,53.41"))
    assert counted(found, "kept", "changed") == [2, 0]
    whys = [line["why"] for line in found["report"] if line["what"] == "kept"]
    assert any("The Old Yard → Yard 7" in why for why in whys)
    asset = one("A1")
    assert (asset.name, asset.shape.x) == ("The Old Yard", -2.3)


def test_an_asset_whose_holder_a_person_has_found_is_not_made_anew(load):
    load("assets-2024.csv", row(2024, "A1"))
    asset = one("A1")
    other = Holder(area_id=asset.area_id, name="There NHS Trust", kind=asset.holder.kind)
    asset.holder = other
    asset.facts = [
        Fact(name="holder_id", source="Land Registry", as_of=date(2024, 5, 1), checked=True)
    ]
    db.session.commit()
    found = load("assets-2025.csv", row(2025, "A1", "Big Yard"))
    assert counted(found, "new", "changed") == [0, 1]
    assert one("A1").holder.name == "There NHS Trust"


def test_an_older_edition_only_fills_what_is_open(load):
    load("assets-2025.csv", row(2025, "A1", "New name"))
    load("assets-2023.csv", row(2023, "A1", "Old name", postcode="M33 7DZ"))
    assert (one("A1").name, one("A1").postcode) == ("New name", "M33 7DZ")
    assert sources_of(one("A1"))["postcode"].as_of == date(2023, 3, 31)


def test_a_council_under_another_form_of_its_name_is_the_same(load):
    load("assets-2024.csv", row(2024, "A1", by="Here Council"))
    found = load("assets-2025.csv", row(2025, "A1", by="Here Metropolitan Borough Council"))
    assert counted(found, "new", "unchanged") == [0, 1]
    assert len(db.session.scalars(select(Holder)).all()) == 1


@pytest.mark.parametrize(("complete", "gone"), [(True, 1), (False, 0), (None, 0)])
def test_a_person_may_say_that_a_file_is_complete_or_not(load, complete, gone):
    load(
        "assets-2024.csv",
        row(2024, "A1"),
        row(2024, "A2", "Field"),
        row(2024, "A3", "C"),
        row(2024, "A4", "D"),
    )
    found = load(
        "something else.csv",
        row(2025, "A1"),
        row(2025, "A2", "Field"),
        row(2025, "A3", "C"),
        complete=complete,
    )
    assert found["gone"] == (
        gone if complete is not None else 1
    )  # three of four: an edition by what is in it
    found = load("a few.csv", row(2025, "A1"), complete=complete)
    assert found["gone"] == (3 - gone if complete else 0)


def test_a_dry_run_says_all_and_writes_nothing(load, tmp_path):
    found = load(
        "assets.csv", row(2024, "A1"), row(2024, "A2", ""), dry_run=True, report=tmp_path / "r.csv"
    )
    assert counted(found, "new", "refused") == [1, 1]
    assert [
        db.session.scalar(select(func.count()).select_from(m)) for m in (Area, Holder, Asset)
    ] == [0, 0, 0]
    lines = (tmp_path / "r.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "line,code,name,what,field,why"
    assert [line.split(",")[3] for line in lines[1:]] == ["refused", "new"]


def version():
    return db.session.execute(text("SELECT version, whole_at FROM register_state")).one()


def found_by(word):
    if db.engine.dialect.name == "sqlite":
        sql = "SELECT rowid FROM asset_words WHERE asset_words MATCH :word"
    else:
        sql = "SELECT id FROM asset WHERE array_to_tsvector(string_to_array(words, ' ')) @@ to_tsquery('simple', :word)"
    return len(db.session.execute(text(sql), {"word": word}).all())


@pytest.mark.parametrize("many", [1, 2000])
def test_few_changes_are_listed_and_many_are_told_as_one(load, monkeypatch, many):
    from portal.intake import changes

    monkeypatch.setattr(changes, "MANY", many)
    load("assets-2024.csv", *(row(2024, f"A{n}", f"Yard {n}") for n in range(5)))
    before = version()
    assert found_by("yard") == 5
    db.session.rollback()
    load("assets-2025.csv", *(row(2025, f"A{n}", f"Garden {n}") for n in range(6)))
    after = version()
    assert (after.whole_at == after.version) == (many == 1)
    assert after.version > before.version
    assert (found_by("yard"), found_by("garden")) == (0, 6)
    asset = one("A0")
    asset.words = f"{asset.words} page"
    db.session.commit()
    assert found_by("page") == 1
    asset.words = asset.words.removesuffix(" page")
    db.session.commit()
    assert found_by("page") == 0
    assert version().version == after.version + 2
    db.session.rollback()
    with clock.at(clock.now().replace(year=2027)):
        same = load("assets-2025.csv", *(row(2025, f"A{n}", f"Garden {n}") for n in range(6)))
    assert counted(same, "unchanged") == [6]
    assert version().version == after.version + 2
