"""Every letter of whole walks: who got which, each once and nobody else, and what its PDF says."""

from collections import Counter
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.agreements import service as agreement
from portal.db import db
from portal.notices.models import Letter
from portal.people.models import Group, User
from portal.people.rules import Role
from portal.proposals import service
from portal.proposals.judging import holder, panel
from portal.proposals.models import Representation
from portal.proposals.models_letters import CaseLetter
from portal.proposals.recourse import more_time, reviewing
from portal.proposals.rules import TRANSITIONS, Action, State
from portal.proposals.saying import PARTS
from portal.proposals.says import SENIOR
from portal.proposals.tick import tick
from portal.proposals.words_letters import BECAUSE, LAST_DAYS, NEXT_FOR, TO, says_of
from tests import factories
from tests.proposals.stage import Stage, after_day, on_working_day

PARTS_PLAYED = {
    Role.ORGANISER: ("organiser",),
    Role.OFFICER: ("officer",),
    Role.BROKER: ("broker",),
    Role.PANEL: ("panel", "panel2"),
    Role.CHAIR: ("chair",),
}


# ---- the walks


def granted(stage):
    """Spoken about, agreed to, granted, signed, used, ended."""
    stage.on_notice()
    service.represent(stage.case_id, stage.resident, supports=True, words="A good thing.")
    on_working_day(3)
    holder.agree(stage.case_id, stage.officer, "We welcome it.")
    service.answer(stage.case_id, stage.organiser, {stage.case.representations[0].id: "Thank you."})
    after_day("answers", stage.case)
    tick()
    after_day("site_sign", stage.case)
    stage.capacity()
    for member in (stage.panel, stage.panel2):
        panel.score(stage.case_id, member, stage.sheet())
    panel.decide(stage.case_id, stage.chair)
    stage.terms()
    stage.accept("organiser")
    stage.accept("officer")
    stage.sign("organiser")
    stage.sign("officer")
    agreement.hand_over(stage.case_id, stage.broker, "Keys.")
    agreement.end(stage.case_id, stage.broker, "Clean.")


def refused(stage):
    """Another use is named, it is refused, reviewed by others and refused again."""
    stage.scored(0, 3, alternative=True)
    panel.decide(stage.case_id, stage.chair, ground="better_alternative", evidence="Both columns.")
    made = [factories.with_role(stage.area, r) for r in (Role.PANEL, Role.PANEL, Role.CHAIR)]
    stage.more = {Role.PANEL: [u.email for u in made[:2]], Role.CHAIR: [made[2].email]}
    stage.since = stage.case.events[-1].id
    one, two, chair = (u.id for u in made)
    reviewing.ask_review(stage.case_id, stage.organiser, "The letters were overlooked.")
    for member in (one, two):
        panel.score(stage.case_id, member, stage.sheet(0, 3))
    panel.decide(stage.case_id, chair, ground="better_alternative", evidence="Both columns.")


def by_default(stage):
    """Returned once, lodged again, left alone."""
    stage.returned()
    service.lodge(stage.case_id, stage.organiser)
    service.validate(stage.case_id, stage.broker)
    stage.sign_shown()
    after_day("decision", stage.case)
    tick()


def escalated(stage):
    """Objected to, so that a hearing opens, and nobody decides."""
    stage.on_notice()
    holder.object_to(
        stage.case_id, stage.officer, ground="unsafe", evidence="A survey of May.",
        officer=holder.Officer("Olu Ade", "Head of property"),
    )  # fmt: skip
    after_day("answers", stage.case)
    tick()
    more_time.ask(
        stage.case_id, stage.chair, period="hearing",
        until=stage.case.due["hearing"] + timedelta(days=7), why="The hall is taken.",
    )  # fmt: skip
    more_time.answer(stage.case_id, stage.organiser, given=False, words="Take another hall.")
    after_day("decision", stage.case)
    tick()


def withdrawn(stage):
    """Spoken about, and withdrawn."""
    stage.on_notice()
    service.represent(stage.case_id, stage.resident, supports=False, words="Too loud.")
    service.withdraw(stage.case_id, stage.organiser, "We found a hall.")


def lapsed(stage):
    """Granted, and never signed."""
    stage.granted()
    after_day("agreement", stage.case)
    tick()


WALKS = {
    granted: State.ENDED,
    refused: State.REFUSED,
    by_default: State.GRANTED_BY_DEFAULT,
    escalated: State.ESCALATED,
    withdrawn: State.WITHDRAWN,
    lapsed: State.LAPSED,
}


@pytest.fixture(params=WALKS, ids=lambda walk: walk.__name__)
def walked(app, request):
    """A stage on which one whole walk has been played."""
    stage = Stage(resolution=request.param is not escalated)
    stage.more, stage.since = {}, 0
    request.param(stage)
    assert stage.case.state is WALKS[request.param]
    return stage


# ---- who got what


def test_everybody_whom_the_table_names_gets_each_letter_once_and_nobody_else(walked):
    written = db.session.scalars(select(Letter).where(Letter.key.startswith("case:"))).all()
    got = {event.id: Counter() for event in walked.case.events}
    for letter in written:
        number = letter.key.split(":")[2]
        if number != "review":  # the administrator's, who finds others to judge
            got[int(number)][letter.to] += 1
    spoken = _spoken(walked)
    for event in walked.case.events:
        tells = _row(event).tells
        expected = {walked.emails[who] for role in tells for who in PARTS_PLAYED.get(role, ())} | {
            email
            for role in tells
            if event.id > walked.since
            for email in walked.more.get(role, ())
        }
        if Role.RESIDENT in tells:
            expected |= set(spoken)
        if event.action is Action.ESCALATE:
            expected.add("ada.hill@council.example")
        assert got[event.id] == Counter(expected), event.sentence


def _spoken(stage) -> list[str]:
    query = select(User.email).join(Representation, Representation.user_id == User.id)
    return list(db.session.scalars(query.where(Representation.proposal_id == stage.case_id)))


def _row(event):
    return next(
        row
        for row in TRANSITIONS
        if (row.state, row.action, row.to, row.sentence)
        == (event.from_state, event.action, event.to_state, event.sentence)
    )


def test_each_letter_can_be_read_as_a_pdf_and_says_what_its_e_mail_says(walked, client):
    page = client.get(f"/cases/{walked.case_id}").text
    for event in walked.case.events:
        url = f"/cases/{walked.case_id}/letters/{event.id}.pdf"
        answer = client.get(url)
        if not _row(event).tells:
            assert answer.status_code == 404
            assert url not in page
            continue
        assert url in page
        words = read(answer.data)
        said = db.session.get(CaseLetter, event.id).said
        assert said["subject"] in words
        assert event.sentence in words
        assert "Clause " in words
        for role in said["next"]:
            assert NEXT_FOR[role] in words
        written = select(Letter).where(Letter.key.startswith(f"case:{walked.case_id}:{event.id}:"))
        for letter in db.session.scalars(written):
            assert url in letter.body
            for part in said["parts"]:
                for paragraph in part.get("paragraphs", ()):
                    assert paragraph in letter.body
                    assert " ".join(paragraph.split()) in words


def read(data: bytes) -> str:
    """All the words of a PDF in one line."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    return " ".join(text.replace("\u200b", "").split())


# ---- what single letters say


@pytest.fixture
def stage(app):
    return Stage()


def letter(client, stage, action: Action) -> str:
    event = [e for e in stage.case.events if e.action is action][-1]
    return read(client.get(f"/cases/{stage.case_id}/letters/{event.id}.pdf").data)


def test_a_refusal_says_ground_evidence_both_columns_and_how_to_go_on(stage, client):
    stage.scored(0, 3, alternative=True)
    panel.decide(stage.case_id, stage.chair, ground="better_alternative", evidence="Both columns.")
    words = letter(client, stage, Action.DECIDE)
    for said in (
        "An alternative use of greater benefit.", "Both columns.", "Social wellbeing 0 3",
        "The proposal The holder's other use", "You may ask for a review",
        "20 working days after", "These rules name nobody who hears an appeal",
    ):  # fmt: skip
        assert said in words, said


def test_the_holder_learns_what_is_due_when_and_what_silence_means(stage, client):
    stage.on_notice()
    words = letter(client, stage, Action.PUBLISH)
    for said in (
        "The holder answers by the end of", "40 working days after", "is granted by default",
        "An objection needs its evidence", "What the holder can do next",
    ):  # fmt: skip
        assert said in words, said


def test_a_grant_by_default_names_the_resolution(stage, client):
    stage.under_test()
    after_day("decision", stage.case)
    tick()
    assert "Minute 12 of" in letter(client, stage, Action.DEFAULT_GRANT)


def test_an_old_letter_stays_as_it_was(stage, client):
    stage.on_notice()
    event = next(e for e in stage.case.events if e.action is Action.PUBLISH)
    url = f"/cases/{stage.case_id}/letters/{event.id}.pdf"
    before = client.get(url).data
    due = stage.case.due["holder_response"]
    more_time.ask(
        stage.case_id,
        stage.officer,
        period="holder_response",
        until=due + timedelta(days=7),
        why="Ill.",
    )
    more_time.answer(stage.case_id, stage.organiser, given=True)
    assert stage.case.due["holder_response"] != due
    stage.area.colour, stage.area.name = "#000000", "Renamed"
    stage.case.title = "Something else"
    db.session.commit()
    again = client.get(url)
    assert again.data == before
    assert client.get(url, headers={"If-None-Match": again.headers["ETag"]}).status_code == 304


def test_no_letter_names_a_private_group_or_an_address(stage, client):
    db.session.get_one(Group, stage.group_id).private = True
    db.session.commit()
    stage.on_notice()
    service.withdraw(
        stage.case_id, stage.organiser, "Mill Lane neighbours, rosa@example.org, moved."
    )
    for event in stage.case.events:
        answer = client.get(f"/cases/{stage.case_id}/letters/{event.id}.pdf")
        if answer.status_code == 200:
            words = read(answer.data)
            assert "Mill Lane neighbours" not in words
            assert "@" not in words
            assert "A community group" in words


def test_before_the_case_is_public_its_letters_are_its_groups(stage, client):
    stage.lodged()
    event = stage.case.events[-1]
    url = f"/cases/{stage.case_id}/letters/{event.id}.pdf"
    assert client.get(url).status_code == 404
    assert client.get(f"/cases/{stage.case_id}/letters/99999.pdf").status_code == 404


def test_a_letter_of_another_case_is_not_found_under_this_one(stage, client):
    stage.on_notice()
    event = next(e for e in stage.case.events if e.action is Action.PUBLISH)
    rival = stage.rival()
    assert client.get(f"/cases/{rival}/letters/{event.id}.pdf").status_code == 404


# ---- the table of words


@pytest.mark.parametrize(
    "row", [row for row in TRANSITIONS if row.tells], ids=lambda r: f"{r.state}-{r.action}-{r.to}"
)
def test_every_step_that_tells_somebody_has_its_words(row):
    says = says_of(row)
    assert set(says.next) <= {*row.tells, SENIOR, *Role}
    assert set(says.dates) <= set(LAST_DAYS)
    assert set(says.parts) <= set(PARTS)
    for role in row.tells:
        assert role in BECAUSE
        assert role in TO or role in (Role.ORGANISER, Role.OFFICER)
