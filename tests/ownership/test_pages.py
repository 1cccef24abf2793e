"""The pages as people use them, and what they never show."""

import csv
from io import StringIO

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.areas.queries import Place
from portal.db import db
from portal.notices.models import Letter
from portal.ownership import answering, service
from portal.ownership.models import Listener, Question
from portal.ownership.rules import Asker, OwnerKind, QuestionState
from portal.people.rules import HolderKind
from portal.register.models import Fact
from tests import factories
from tests.conftest import csrf_token
from tests.ownership import make

S = QuestionState


@pytest.fixture
def here(app):
    return make.place()


def text(response):
    return response.get_data(as_text=True)


def hidden(page, name):
    import re

    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def send(client, path, **data):
    """Fill in the page that is shown, its hidden fields included, and send it."""
    page = text(client.get(path))
    kept = {name: hidden(page, name) for name in ("once", "shown")}
    return client.post(path, data=kept | {"csrf_token": csrf_token(page)} | data)


def again(client, path, page, **data):
    """Send the page that came back once more."""
    kept = {name: hidden(page, name) for name in ("once", "shown", "csrf_token")}
    return client.post(path, data=kept | data)


def questions():
    return db.session.scalar(select(func.count(Question.id)))


def test_from_an_asset_two_taps_ask_and_nothing_has_to_be_typed(client, here):
    page = text(client.get(f"/assets/{here.yard.id}"))
    path = f"/questions/new?asset={here.yard.id}"
    assert "Ask who owns this land" in page
    assert f'href="{path}"' in page
    form = text(client.get(path))
    assert "Does Testing Council still hold this?" in form
    sent = send(client, path, words="Who owns this?")
    assert sent.location == "/questions/1"
    shown = text(client.get(sent.location))
    assert "Monday 16 March 2026" in shown
    assert "10 working days after Monday 2 March 2026." in shown
    assert "A resident" in shown
    assert "The question was asked." in shown
    assert "Who owns it? Question 1" in text(client.get(f"/assets/{here.yard.id}"))


def test_a_typed_address_is_placed_by_its_postcode(client, here):
    sent = send(client, "/questions/new", place="Beside 12 Ayres Road, m33 2aa", words="Whose?")
    # The register has the yard at that very place: it is shown before anything is sent.
    page = text(sent)
    assert sent.status_code == 200
    assert questions() == 0
    assert "In the register at this place or beside it" in page
    assert "Held by Testing Council." in page
    assert "Beside 12 Ayres Road, m33 2aa" in page
    assert "Ask all the same" in page
    sent = again(client, "/questions/new", page, place="Beside 12 Ayres Road, m33 2aa", words="Whose?")  # fmt: skip
    one = db.session.get(Question, 1)
    assert sent.location == "/questions/1"
    assert (one.place, one.lon) == ("Beside 12 Ayres Road, m33 2aa", make.LON)


def test_a_pin_and_words_that_no_list_knows(client, here):
    page = text(client.get("/questions/new?at=53.41,-2.31"))
    assert 'value="53.41,-2.31"' in page
    assert send(client, "/questions/new?at=53.41,-2.31", place="53.41,-2.31", words="Whose?").status_code == 302  # fmt: skip
    assert send(client, "/questions/new", place="Behind the old mill", words="Whose?").status_code == 302  # fmt: skip
    pin, mill = db.session.scalars(select(Question).order_by(Question.id)).all()
    assert (round(pin.lat, 4), round(pin.lon, 4)) == (53.41, -2.31)
    assert (mill.place, mill.lat) == ("Behind the old mill", None)
    assert "We could not find this on the map" in text(client.get("/questions/2"))


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"place": "", "words": "Whose?"}, 422, "Say where it is"),
        ({"place": "Atlantis", "words": "Whose?"}, 422, "We do not know “Atlantis”"),
        ({"place": "ZZ99 9ZZ", "words": "Whose?"}, 422, "We do not know “ZZ99 9ZZ”"),
        ({"place": "M33 2AA", "words": " "}, 422, "Say what you want to know"),
        ({"place": "M33 2AA", "words": "x" * 2001}, 422, "This is too long"),
        ({"place": "M33 2AA", "words": "Whose?", "email": "rosa"}, 422, "name@example.org"),
        ({"place": "x" * 251, "words": "Whose?"}, 422, "This is too long"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(client, here, typed, status, sentence):  # fmt: skip
    answer = send(client, "/questions/new", **typed)
    assert answer.status_code == status
    assert sentence in text(answer)
    for value in typed.values():
        assert value.strip() in text(answer)
    assert questions() == 0


HOSTILE = [
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\x00\x01\ufffe",
    "\U0001d573\U0001d58a \u202e evil",
    "%s %(words)s {0} {{ 7*7 }}",
    "0" * 2000,
    "+44" + " " * 1900,
    "a@" * 900,
]


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_words_do_no_harm(client, here, bad):
    path = f"/questions/new?asset={here.yard.id}"
    answer = send(client, path, words=bad, email=bad, once=bad, shown=bad, join=bad)
    assert answer.status_code in (302, 422)
    send(client, "/questions/new", place=bad, words=bad)
    for page in ("/questions", "/questions/1", f"/assets/{here.yard.id}"):
        assert "<script>alert" not in text(client.get(page))


@pytest.mark.parametrize(
    "path",
    [
        "/questions/new?asset=99",
        "/questions/new?asset=x",
        "/questions/new?at=999,999",
        "/questions/new?at=%00&place=%F0%9F%92%A9&words=%3Cb%3E",
        "/questions/99",
        "/questions/99/follow",
        "/questions/99999999999",
        "/questions/letters/abc",
        "/questions/letters/%00",
        "/questions?state=no&page=-1",
        "/questions?page=99999999999999999999",
        "/desk/questions",
        "/questions/1/answer",
    ],
)
def test_wrong_addresses_get_a_page(client, here, path):
    assert client.get(path).status_code in (200, 302, 404)


def test_a_double_click_is_one_question(client, here):
    path = f"/questions/new?asset={here.yard.id}"
    page = text(client.get(path))
    both = [again(client, path, page, words="Who owns this?").location for _click in range(2)]
    assert both == ["/questions/1"] * 2
    assert questions() == 1


def test_the_same_land_is_shown_first_and_can_be_joined(client, here):
    make.asked(here)
    path = f"/questions/new?asset={here.yard.id}"
    page = text(client.get(path))
    assert "Asked on Monday 2 March 2026. The answer is due on Monday 16 March 2026." in page
    no_address = send(client, path, words="Mine", join="1")
    assert no_address.status_code == 422
    assert "Write your e-mail address, so that we can tell you." in text(no_address)
    assert "Mine" in text(no_address)
    joined = send(client, path, words="Mine", email="b@example.org", join="1")
    assert joined.location == "/questions/1"
    assert (questions(), db.session.scalar(select(Listener.email))) == (1, "b@example.org")
    asked = send(client, path, words="Mine all the same")
    assert asked.location == "/questions/2"


def test_what_was_asked_meanwhile_is_shown_before_it_is_sent(client, here):
    path = f"/questions/new?asset={here.yard.id}"
    page = text(client.get(path))
    make.asked(here, words="Somebody was quicker")
    answer = again(client, path, page, words="Mine")
    assert answer.status_code == 200
    assert "Nothing is sent yet" in text(answer)
    assert questions() == 1
    assert again(client, path, text(answer), words="Mine").location == "/questions/2"


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (Place("Somewhere", -2.2995, 53.4014), True),  # 45 m north of the yard
        (Place("Somewhere", -2.2995, 53.4016), False),
        (Place("7 Ayres Road, M33 2AA", None, None), True),
        (Place("7 Other Road, M33 2AA", None, None), False),
    ],
)
def test_what_is_the_same_land(here, place, found):
    from portal.ownership.queries import likely

    make.asked(here)
    make.asked(here, asset_id=None, place=Place("12 Ayres Road M33 2AA", None, None), words="b")
    assert bool(likely(here.area, None, place)) is found


def test_a_question_joined_away_is_shown_as_the_one_that_goes_on(here):
    from portal.ownership.queries import likely

    first, second = make.asked(here), make.asked(here, words="b")
    answering.join(here.broker.id, first.id, number=second.id)
    assert [one.id for one in likely(here.area, here.yard, None)] == [second.id]


def test_confirming_leaving_and_withdrawing_by_the_letter(client, here):
    one = make.asked(here, asker=Asker(email="a@example.org"))
    path = f"/questions/letters/{make.token(one.listeners[0])}"
    assert "Yes, send me the answer" in text(client.get(path))
    assert db.session.scalar(select(Listener.confirmed_at)) is None  # looking is not pressing
    assert client.send(path, {"do": "confirm"}).location == "/questions/1"
    page = text(client.get(path))
    assert "Take the question back" in page
    assert "Yes, send me" not in page
    assert client.send(path, {"do": "withdraw"}).location == "/questions/1"
    assert "The person who asked withdrew the question." in text(client.get("/questions/1"))
    assert client.send(path, {"do": "leave"}).location == "/questions/1"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"do": "leave"}).status_code == 404


def test_a_mail_program_s_own_button_stops_the_letters(client, here):
    one = make.asked(here, asker=Asker(email="a@example.org"))
    letter = db.session.scalars(select(Letter).where(Letter.to == "a@example.org")).one()
    path = f"/questions/letters/{make.token(one.listeners[0])}"
    assert letter.leave_url.endswith(path)
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert db.session.scalar(select(func.count(Listener.id))) == 0
    gone = select(func.count(Letter.id)).where(Letter.to == "a@example.org")
    assert db.session.scalar(gone) == 0


def test_an_expired_page_loses_nothing(client, here):
    path = f"/questions/new?asset={here.yard.id}"
    answer = client.post(path, data={"words": "A long story", "csrf_token": "old"})
    assert answer.status_code == 422
    assert "A long story" in text(answer)


def test_the_broker_s_way_from_the_queue_to_the_answer(client, here):
    make.asked(here)
    client.sign_in(here.broker.email)
    queue = text(client.get("/desk/questions"))
    assert "1: The yard" in queue
    assert "Due on Monday 16 March 2026" in queue
    assert client.send("/questions/1/send-on", {"name": "Estates team", "email": "estates@council.example"}).status_code == 302  # fmt: skip
    letter = db.session.scalar(select(Letter).where(Letter.to == "estates@council.example"))
    assert "Please answer to broker@testing.example" in letter.body
    assert client.send("/questions/1/chase", {"body_id": "1"}).status_code == 302
    page = text(client.get("/questions/1"))
    assert "The broker asked again: Estates team." in page
    assert "estates@council.example" not in page
    bad = client.send("/questions/1/answer", {"kind": "body", "owner": "", "more": "Ask them."})  # fmt: skip
    assert bad.status_code == 422
    assert "Ask them." in text(bad)
    today = {"as_of-day": "2", "as_of-month": "3", "as_of-year": "2026"}
    said = {"kind": "body", "owner": "Network Rail Infrastructure Ltd", "in_register": "y"} | today
    bare = client.send("/questions/1/answer", said)
    assert bare.status_code == 409
    assert "Say what shows it" in text(bare)
    done = client.send("/questions/1/answer", said | {"title_number": "GM123456"})
    assert done.location == "/questions/1"
    page = text(client.get("/questions/1"))
    assert "Network Rail Infrastructure Ltd" in page
    asset = text(client.get(f"/assets/{here.yard.id}"))
    assert "Network Rail Infrastructure Ltd" in asset
    fact = db.session.get(Fact, (here.yard.id, "holder_id"))
    assert (fact.checked, fact.source) == (True, "GM123456")


def test_the_broker_sees_only_what_the_table_allows_and_hears_the_rest(client, here):
    one = make.asked(here)
    client.sign_in(here.broker.email)
    assert "Ask a body again" not in text(client.get("/questions/1"))
    assert client.get("/questions/1/chase").location == "/questions/1"
    make.answer(here, one)
    late = client.send("/questions/1/answer", {})
    assert late.status_code in (302, 422, 409)
    assert "Correct the answer" in text(client.get("/questions/1"))
    assert client.get("/questions/1/nonsense").status_code == 404


def test_hidden_words_are_read_by_brokers_only(client, here):
    make.asked(here, words="My neighbour is a thief")
    answering.hide_words(here.broker.id, 1, why="It accuses somebody.")
    for page in ("/questions/1", "/questions.csv", "/questions", f"/questions/new?asset={here.yard.id}"):  # fmt: skip
        assert "thief" not in text(client.get(page))
    assert "It accuses somebody." in text(client.get("/questions/1"))
    client.sign_in(here.broker.email)
    assert "thief" in text(client.get("/questions/1"))


def test_who_asked_is_nowhere(client, here):
    """Name, address and private group of askers and joiners, the address of a body, a private owner."""
    me = Asker(here.resident.email, here.resident.name, here.resident.id, here.private_group.id)
    one = make.asked(here, asker=me)
    service.follow(one.id, Asker(email="joiner@example.org", name="Jo Joiner"))
    answering.send_on(here.broker.id, one.id, name="Estates", email="someone@council.example")
    make.answer(here, one, kind=OwnerKind.PRIVATE, holder_id=None, owner="Mr Secret")
    secrets = ("rosa.hill@", "Rosa Hill", "Quiet Circle", "joiner@", "Jo Joiner", "someone@", "Mr Secret")  # fmt: skip
    paths = ("/questions", "/questions/1", "/questions.csv", "/questions?state=answered", f"/questions/new?asset={here.yard.id}", f"/assets/{here.yard.id}")  # fmt: skip
    for path in paths:
        page = text(client.get(path))
        assert not [secret for secret in secrets if secret in page], path
    assert "A private person" in text(client.get("/questions/1"))


def test_a_public_group_is_named_if_it_chose_to_be(client, here):
    client.sign_in(here.resident.email)
    path = f"/questions/new?asset={here.yard.id}"
    page = text(client.get(path))
    assert "Green Corner" in page
    assert "Quiet Circle" not in page
    send(client, path, words="Whose?", group=str(here.public_group.id), tell="y")
    assert "Green Corner" in text(client.get("/questions/1"))
    assert "Stop my letters, or take my question back" in text(client.get("/questions/1"))
    here.public_group.private = True
    db.session.commit()
    assert "Green Corner" not in text(client.get("/questions/1"))


def test_the_table_for_others_is_whole_and_no_formula(client, here):
    make.asked(here, words="=HYPERLINK(1)")
    make.asked(here, words="-2+3", asset_id=None, place=Place("@SUM, Old Mill", None, None))
    make.answer(here, db.session.get(Question, 1), more="+1")
    rows = list(csv.DictReader(StringIO(text(client.get("/questions.csv")))))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[0]["question"] == "'=HYPERLINK(1)"
    assert rows[0]["owner"] == "Testing Council"
    assert rows[0]["working_days"] == "0"
    assert (rows[1]["place"], rows[1]["state"]) == ("'@SUM, Old Mill", "asked")
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if not cell[1:2].isdigit())  # fmt: skip


def test_the_list_says_how_it_goes(client, here):
    from datetime import UTC, datetime

    one, _two = make.asked(here), make.asked(here, words="b")
    with clock.at(datetime(2026, 3, 5, 10, tzinfo=UTC)):
        make.answer(here, one)
    page = text(client.get("/questions"))
    assert "3 working days" in page
    assert text(client.get("/questions?state=answered")).count("mw-card__title") == 1
    assert text(client.get("/questions?state=open")).count("mw-card__title") == 1


def test_a_place_that_is_withheld_later_is_not_named(client, here):
    make.asked(here)
    here.yard.withheld_why = "A refuge"
    db.session.commit()
    for path in ("/questions", "/questions/1", "/questions.csv"):
        assert "The yard" not in text(client.get(path))
    assert client.get(f"/questions/new?asset={here.yard.id}").status_code == 404


def test_a_place_whose_owner_nobody_knows_asks_simply(client, here):
    unknown = factories.holder(here.area, name="Owner not known yet", kind=HolderKind.UNKNOWN)
    plot = factories.asset(unknown, name="Corner plot")
    page = text(client.get(f"/questions/new?asset={plot.id}"))
    assert "Who owns this?" in page
    assert "The register says" not in page
    client.sign_in(here.broker.email)
    make.asked(here, asset_id=plot.id)
    assert '"Owner not known yet"' not in text(client.get("/questions/1/answer"))
