"""Each form of questions about owners, sent badly, twice, late, and by people whose it is not; on both engines."""

import pytest

from portal.ownership import answering
from portal.ownership.rules import Asker
from tests import test_hostile
from tests.conftest import csrf_token
from tests.hostile import Sent, everything, put_back
from tests.ownership import make


def at(slug, *, bring=lambda _here, _one: None, who="broker"):
    """A question brought to where that form can be sent."""

    def brought():
        here = make.place()
        one = make.asked(here, asker=Asker(email=here.other.email, user_id=here.other.id))
        bring(here, one)
        token = make.token(make.fresh(one).listeners[0])
        return slug.format(token=token, asset=here.yard.id), getattr(here, who).email

    return brought


def sent_on(here, one):
    answering.send_on(here.broker.id, one.id, name="Estates")


def hidden(here, one):
    answering.hide_words(here.broker.id, one.id, why="Names.")


def another(here, one):
    make.asked(here, words="Another")


OWNER = {"kind": "body", "owner": "Network Rail", "holder_id": "0", "title_number": "GM123456", "document": "Title",
         "said_by": "HM Land Registry", "more": "Ask them.", "in_register": "y",
         "as_of-day": "2", "as_of-month": "3", "as_of-year": "2026"}  # fmt: skip
FORMS = {
    "ask about an asset": Sent(at("/questions/new?asset={asset}", who="resident"), {"words": "Whose?", "group": "0", "tell": "y", "shown": "q1"}),
    "ask about a place": Sent(at("/questions/new", who="resident"), {"place": "Behind the old mill", "words": "Whose?", "shown": "q1"}),
    "join": Sent(at("/questions/1/follow", who="resident"), {}),
    "letters": Sent(at("/questions/letters/{token}", who="resident"), {"do": "leave"}),
    "note": Sent(at("/questions/1/note"), {"why": "Looked."}),
    "send on": Sent(at("/questions/1/send-on"), {"name": "Estates", "email": "e@council.example", "why": "Deeds."}),
    "chase": Sent(at("/questions/1/chase", bring=sent_on), {"body_id": "1", "why": "Please."}),
    "answer": Sent(at("/questions/1/answer"), OWNER),
    "correct": Sent(at("/questions/1/correct", bring=make.answer), OWNER),
    "not established": Sent(at("/questions/1/not-established"), {"tried": "Deeds.\nNeighbours.", "why": "Old."}),
    "join two": Sent(at("/questions/1/join", bring=another), {"number": "2"}),
    "set aside": Sent(at("/questions/1/set-aside"), {"why": "Spam."}),
    "hide": Sent(at("/questions/1/hide-words"), {"why": "Names."}),
    "show": Sent(at("/questions/1/show-words", bring=hidden), {}),
}  # fmt: skip
FOR_EVERYBODY = {"ask about an asset", "ask about a place", "join", "letters"}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_withstands_everybody(name, app, client):
    sent = FORMS[name]
    path, who = sent.bring()
    client.sign_in(who)
    client.name, client.path, client.good = name, path, dict(sent.good)
    client.files = sent.files
    client.token = csrf_token(client.get("/account").get_data(as_text=True))
    start = everything()
    if name not in FOR_EVERYBODY:
        test_hostile.nobody_else_can_send_it(client, app, start)
        put_back(start)
    if name not in (
        "letters",
        "ask about an asset",
        "ask about a place",
    ):  # what a page says of itself is no box
        test_hostile.an_old_page_loses_nothing(client, start)
    test_hostile.bad_answers_are_told_in_words(client, start)
    if name == "letters":  # whose letters are stopped is nobody's page any more
        assert test_hostile.post(client, client.good).status_code == 302
        assert test_hostile.post(client, client.good).status_code == 404
        return
    test_hostile.sent_twice_it_is_done_once(client)
