"""A sign-in link is for the browser that asked; read elsewhere, the letter's code is typed into the page that waits."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from portal import clock
from portal.db import db
from portal.errors import RuleBroken
from portal.notices.models import Letter
from portal.people import links, sessions
from portal.people.models import SignedIn, SignInLink, User
from portal.people.tick import tick
from tests import factories
from tests.conftest import THE_DAY, broken, csrf_token

ROSA = "rosa@example.org"
CODE = re.compile(r"^(\d{4} \d{4})$", re.MULTILINE)


@pytest.fixture(autouse=True)
def area(app):
    return factories.area()


def last_letter(to=ROSA):
    query = select(Letter.body).where(Letter.to == to, Letter.body.contains("/sign-in/"))
    return db.session.scalars(query.order_by(Letter.id.desc())).first()


def path_of(letter):
    return re.search(r"(/sign-in/\S+)", letter)[1]


def token_of(letter):
    return path_of(letter).rsplit("/", 1)[1]


def code_of(letter):
    return CODE.search(letter)[1]


def wrong(code):
    return str((int(code.replace(" ", "")) + 1) % 10**8).rjust(8, "0")


def asked(client, email=ROSA, target="/account"):
    assert client.send("/sign-in", {"email": email, "next": target}).location == "/sign-in/code"
    return last_letter(email)


def is_in(client):
    return client.get("/account").status_code == 200


def test_the_link_signs_in_where_it_was_asked_for(client):
    letter = asked(client)
    assert client.send(path_of(letter), {}).location == "/account"
    assert is_in(client)


def test_in_another_browser_the_link_signs_nobody_in_and_says_where_to_go(client, app):
    letter, telephone = asked(client, target="/groups/new"), app.test_client()
    page = telephone.get(path_of(letter)).get_data(as_text=True)
    assert "in another browser" in page
    assert ROSA not in page  # whoever found the link does not learn whose it is
    assert telephone.send(path_of(letter), {}).location == "/sign-in/code"
    assert not is_in(telephone)
    # The button has sent a letter for this browser, which leads to the page that was wanted.
    assert telephone.send(path_of(last_letter()), {}).location == "/groups/new"
    assert is_in(telephone)


def test_the_code_signs_in_where_it_was_asked_for(client):
    letter = asked(client, target="/groups/new")
    assert client.send("/sign-in/code", {"code": code_of(letter)}).location == "/groups/new"
    assert is_in(client)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0}.", "{0}\n", "{1}"])
def test_a_code_may_be_typed_as_people_type(client, typed):
    code = code_of(asked(client))
    typed = typed.format(code, code.replace(" ", "-"))
    assert client.send("/sign-in/code", {"code": typed}).status_code == 302


def test_the_code_is_worth_nothing_in_another_browser(client, app):
    letter, other = asked(client), app.test_client()
    asked(other, "ben@example.org")
    answer = other.send("/sign-in/code", {"code": code_of(letter)})
    assert answer.status_code == 409
    assert not is_in(other)


def test_five_wrong_codes_end_the_code_and_not_the_link(client):
    letter = asked(client)
    for left in (4, 3, 2, 1):
        page = client.send("/sign-in/code", {"code": wrong(code_of(letter))})
        assert f"Tries left: {left}" in page.get_data(as_text=True)
    last = client.send("/sign-in/code", {"code": wrong(code_of(letter))}).get_data(as_text=True)
    assert "it was the last try" in last
    page = client.get("/sign-in/code")
    assert 'name="code"' not in page.get_data(as_text=True)
    data = {"csrf_token": csrf_token(page.get_data(as_text=True)), "code": code_of(letter)}
    assert client.post("/sign-in/code", data=data).status_code == 409
    assert client.send(path_of(letter), {}).location == "/account"


def test_of_two_letters_that_cross_both_work_until_one_did(client):
    first, second = asked(client), asked(client)
    assert client.send("/sign-in/code", {"code": code_of(first)}).status_code == 302
    assert links.find_link(token_of(first)) is None
    assert links.find_link(token_of(second)) is not None


def test_with_a_newer_letter_used_the_older_ones_are_void(client, app):
    older, other = asked(client), app.test_client()
    assert other.send(path_of(asked(other)), {}).status_code == 302
    with broken("link-spent"):
        links.use_link(token_of(older))
    token = csrf_token(client.get("/sign-in").get_data(as_text=True))
    late = client.post("/sign-in/code", data={"csrf_token": token, "code": code_of(older)})
    assert late.status_code == 409
    assert not is_in(client)


def test_a_link_of_the_command_line_works_anywhere_and_outlives_letters(client, app):
    printed = links.make_link(ROSA).rpartition("/")[2]
    assert client.send(path_of(asked(client)), {}).status_code == 302
    assert app.test_client().send(f"/sign-in/{printed}", {}).location == links.AFTER_SIGN_IN


def test_neither_link_nor_code_nor_browser_is_in_the_database(client):
    letter = asked(client)
    with client.session_transaction() as kept:
        browser = kept[sessions.ASKED]
    row = db.session.scalar(select(SignInLink))
    held = (row.token_hash, row.code_hash, row.browser_hash, row.email, row.next_url)
    for secret in (token_of(letter), browser, code_of(letter).replace(" ", "")):
        assert not [one for one in held if secret in one]


def test_a_code_dies_of_age(client):
    code = code_of(asked(client))
    with clock.at(clock.now() + links.LINK_LIVES + timedelta(seconds=1)):
        page = client.get("/sign-in/code").get_data(as_text=True)
        assert "Ask for a new link" in page
        with broken("no-code-waits"):
            sessions.enter_by_code(code, "x" * 43, "")


def test_a_link_pressed_twice_at_once_signs_in_once(app):
    token = links.make_link(ROSA).rpartition("/")[2]

    def press():
        with app.app_context(), clock.at(THE_DAY):
            try:
                return sessions.enter_by_link(token, "", "").key
            except RuleBroken as refused:
                return refused.code
            finally:
                db.session.close()

    db.session.close()
    with ThreadPoolExecutor(2) as pool:
        told = [future.result() for future in [pool.submit(press) for _ in range(2)]]
    assert told.count("link-spent") == 1
    assert db.session.scalar(select(func.count(SignedIn.id))) == 1


def test_known_unknown_and_closed_addresses_are_answered_alike(client, app):
    """The same page after the same work: as many statements, and so as much time."""
    factories.user("known@example.org")
    factories.user("closed@example.org", closed_at=clock.now())
    told, worked = [], []
    for email in ("known@example.org", "closed@example.org", "nobody@example.org"):
        browser, statements = app.test_client(), []
        browser.get("/sign-in")
        listening = (db.engine, "before_cursor_execute")

        def count(_c, _cursor, statement, *_more, statements=statements):
            statements.append(re.sub(r"'[^']*'", "", statement))

        event.listen(*listening, count)
        answer = browser.send("/sign-in", {"email": email}, follow_redirects=True)
        event.remove(*listening, count)
        page = re.sub(r'name="csrf_token"[^>]*', "", answer.get_data(as_text=True))
        told.append(re.sub(r' nonce="[^"]*"', "", page).replace(email, "…"))
        worked.append(statements)
    assert told[0] == told[1] == told[2]
    assert worked[0] == worked[1] == worked[2]
    assert db.session.scalar(select(func.count(Letter.id))) == 3
    assert db.session.scalar(select(func.count(User.id))) == 2


def test_a_closed_account_is_told_only_to_who_has_the_letter(client):
    factories.user(ROSA, closed_at=clock.now())
    answer = client.send(path_of(asked(client)), {})
    assert answer.status_code == 409
    assert "account has been closed" in answer.get_data(as_text=True)
    assert not is_in(client)


def test_what_no_page_of_ours_sent_signs_nobody_in(client):
    asked(client)
    for code in ("", "x" * 500, "٣٣٣٣٣٣٣٣", "1'; --", "0" * 40):
        assert client.send("/sign-in/code", {"code": code}).status_code in (409, 422)
    assert not is_in(client)


def test_the_page_that_waits_is_not_kept_by_a_shared_computer(client):
    asked(client)
    assert client.get("/sign-in/code").headers["Cache-Control"] == "private, no-store"


def test_old_links_are_forgotten(client):
    asked(client)
    with clock.at(clock.now() + timedelta(days=2)):
        assert tick() == 1
    assert db.session.scalar(select(func.count(SignInLink.id))) == 0


def test_a_wrong_code_is_told_beside_it_and_in_the_title(client):
    asked(client)
    answer = client.send("/sign-in/code", {"code": "1"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "<title>Error: " in page
    assert '<a href="#code">' in page
    assert 'id="code-error"' in page
    assert page.count("Tries left: 4") == 2
