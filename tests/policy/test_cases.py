"""A running case keeps the rules it began under, whatever the area chooses afterwards."""

from portal.areas import profile as profiles
from portal.db import db
from portal.proposals.standing import profile_of
from tests.proposals.stage import Stage


def test_a_case_goes_on_under_the_rules_it_began_with(app, client):
    stage = Stage()
    stage.on_notice()
    before = {d.period: d.due for d in stage.case.deadlines}
    stage.area.profile = "england_cat"
    db.session.commit()
    page = client.get(f"/cases/{stage.case_id}").get_data(as_text=True)
    assert "/policy/pilot_compact/2010-01-01" in page
    assert "How this was counted" in page
    assert client.get("/policy/pilot_compact/2010-01-01").status_code == 200
    assert profile_of(stage.case).name == "pilot_compact"
    assert {d.period: d.due for d in stage.case.deadlines} == before
    assert "Community asset transfer" in client.get("/policy").get_data(as_text=True)


def test_a_new_case_begins_under_the_rules_of_its_day(app):
    stage = Stage(profile="england_cat")
    stage.draft()
    assert profile_of(stage.case) is profiles.versions("england_cat")[-1]
