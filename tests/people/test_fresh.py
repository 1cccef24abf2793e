"""Where money leaves, and where other people's access changes, somebody shows first that it is still them."""

import pytest
from markupsafe import escape

from portal import clock
from portal.people.rules import FRESH
from tests.conftest import csrf_token
from tests.hostile import FORMS, SHOWN, everything

SERIOUS = (
    "pay a holder out", "give back what was too much", "take an entry back", "move money", "refund by hand",
    "give back", "settle a deposit", "name who opens", "change who opens", "group", "sign out others", "give a role",
    "take a second step off", "settings",
)  # fmt: skip
# One button on a page that asks too.
BUTTONS = {"setup.take_role", "hosting.make_calendar"}


@pytest.fixture
def client(app):
    client = app.test_client()
    client.signs_in_again = False
    return client


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("name", SERIOUS)
def test_what_is_serious_asks_again_who_it_is(client, name):
    path, who = FORMS[name].bring()
    client.sign_in(who)
    token = csrf_token(client.get("/account").get_data(as_text=True))
    assert client.get(path).status_code == 200
    before, now = everything(), clock.now()
    with clock.at(now + FRESH):
        assert client.get(path).location.startswith("/account/confirm?next=/")
    with clock.at(now + 2 * FRESH):
        late = client.post(path, data=FORMS[name].good | {"csrf_token": token})
        assert late.status_code == 403
        typed = [value for value in FORMS[name].good.values() if value != SHOWN]
        for value in typed:  # nothing is lost
            assert str(escape(value)) in late.get_data(as_text=True)
    after = everything()
    assert {n for n in after if after[n] != before[n]} <= {"signed_in"}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_page_asks_and_has_no_beginning_to_go_back_to(app):
    methods = {}
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "fresh", False):
            methods.setdefault(rule.endpoint, set()).update(rule.methods)
    assert {name for name, known in methods.items() if "GET" not in known} == BUTTONS
