"""Answers that nobody would write, sent to every form: never a broken page, never a lost record, never a half done act.

Some hundred in CI; FUZZ_EXAMPLES=5000 sends so many to the forms of a filled portal, and a share of that to each form of
tests/hostile.py, whose cases and lets are brought to where it can be sent.
"""

from collections import Counter

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import csrf_token
from tests.fuzzing import Body, bodies, bounded, discover, token_of
from tests.hostile import counts, everything, put_back
from tests.world import filled

# Answers that take something away, and what: a person's own words, seats and addresses.
MAY_TAKE: set[str] = set()
found = []


def send(client, path, body: Body):
    return client.post(path, data=body.data, content_type=body.kind)


class Held:
    """The database as it was; each answer is held against it, and it is put back."""

    def __init__(self):
        self.rows = everything()
        self.counts = counts(self.rows)
        self.sent: Counter[int] = Counter()

    def check(self, answer, path):
        self.sent[answer.status_code] += 1
        now = everything()
        if now == self.rows:
            return
        assert answer.status_code in (200, 302), (path, answer.status_code, self._changed(now))
        fewer = {name for name, number in counts(now).items() if number < self.counts[name]}
        assert fewer <= MAY_TAKE, (path, fewer)
        put_back(self.rows)

    def _changed(self, now):
        return {name for name in now if now[name] != self.rows[name]}


def _forms(app, readers):
    """Both engines number alike, so that the pages are read once; that they are well made other tests have seen."""
    if not found:
        found.extend(discover(app, {who: Quick(client) for who, client in readers.items()}))
    assert len(found) > 60, len(found)
    return found


class Quick:
    """The same browser, without a look at what it was given."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        with self.client.application.app_context():
            return FlaskClient.open(self.client, path)


@pytest.fixture
def readers(app):
    """A browser for each role of a filled portal."""
    world = filled()
    clients = {"": app.test_client()}
    for role, email in world.people.items():
        clients[role] = app.test_client()
        clients[role].sign_in(email)
    return clients


def test_the_forms_of_the_pages_withstand_everything(app, readers):
    forms = _forms(app, readers)
    tokens = {who: token_of(client) for who, client in readers.items()}
    tokens[""] = csrf_token(readers[""].get("/sign-in").get_data(as_text=True))
    held = Held()

    @bounded(150)
    @given(st.data())
    def shake(data):
        form = data.draw(st.sampled_from(forms))
        body = data.draw(bodies(form, tokens[form.who]))
        held.check(send(readers[form.who], form.path, body), form.path)

    shake()
    print(len(forms), "forms,", held.sent.total(), "answers:", dict(held.sent))  # noqa: T201 - the long run tells it
