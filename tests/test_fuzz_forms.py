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
from tests.fuzzing import LONG_RUN, Body, Form, bodies, bounded, discover, token_of
from tests.hostile import FORMS, counts, everything, put_back
from tests.world import filled

# What an answer may take away: a kept room, a role, a seat, an invitation that was used, a calendar's key, a second step,
# what somebody asked to be told of.
MAY_GO = {
    "hold", "role_grant", "membership", "group_invitation", "calendar_key", "second_step", "recovery_code", "need",
    "saved_need", "saved_need_room", "signed_in",
}  # fmt: skip
KEEPS = "/edit/"  # a draft keeps what can be read of it, says what cannot, and shows what a second person wrote
found = []


class Held:
    """The database as it was; each answer is held against it, and it is put back."""

    def __init__(self):
        self.rows = everything()
        self.counts = counts(self.rows)
        self.sent: Counter[int] = Counter()

    def send(self, client, path, body: Body):
        """Send it, see what it did, and undo that, also when it was wrong."""
        status = 0
        try:
            status = client.post(path, data=body.data, content_type=body.kind).status_code
        finally:
            self.sent[status] += 1
            now = everything()
            if now != self.rows:
                put_back(self.rows)
        # What is refused is written into the audit log, too.
        changed = {name for name in now if now[name] != self.rows[name]} - {"audit_entry"}
        done = status in (200, 302) or (status in (409, 422) and KEEPS in path)
        assert not changed or done, (path, status, changed)
        lost = {name for name, number in counts(now).items() if number < self.counts[name]}
        assert lost <= MAY_GO, (path, lost)


def _forms(app, readers):
    """Both engines number alike, so that the pages are read once; that they are well made other tests have seen."""
    if not found:
        forms = discover(app, {who: Quick(client) for who, client in readers.items()})
        # To sign out, or to leave for good, would end the test's own visit.
        found.extend(form for form in forms if form.path not in ("/sign-out", "/account/leave"))
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


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # refused uploads
def test_the_forms_of_the_pages_withstand_everything(app, readers):
    forms = _forms(app, readers)
    tokens = {who: token_of(client) for who, client in readers.items()}
    tokens[""] = csrf_token(readers[""].get("/sign-in").get_data(as_text=True))
    held = Held()

    @bounded(100)
    @given(st.data())
    def shake(data):
        form = data.draw(st.sampled_from(forms))
        body = data.draw(bodies(form, tokens[form.who]))
        held.send(readers[form.who], form.path, body)

    shake()
    print(len(forms), "forms,", held.sent.total(), "answers:", dict(held.sent))  # noqa: T201 - the long run tells it


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", FORMS if LONG_RUN else ["sign"])
def test_each_form_withstands_everything_where_it_can_be_sent(app, client, name):
    sent = FORMS[name]
    path, who = sent.bring()
    client.sign_in(who)
    form = Form(path, who, tuple(sent.good.items()), sent.files)
    token, held = token_of(client), Held()

    @bounded(5, share=len(FORMS))
    @given(bodies(form, token))
    def shake(body):
        held.send(client, path, body)

    shake()
    print(name, held.sent.total(), "answers:", dict(held.sent))  # noqa: T201
