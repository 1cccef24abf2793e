"""Letters about cases, hearings, agreements and questions: nothing of ours in them is left in English for who reads Welsh."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import NamedTuple

import pytest
from flask_babel import gettext as _
from sqlalchemy import select

from portal.agreements import deposits, negotiating
from portal.agreements import service as agreement
from portal.agreements import tick as agreements
from portal.db import db, transaction
from portal.hearings import service as hearings
from portal.hearings import tick as hearing_days
from portal.hearings.rules import Outcome
from portal.letters import tick as reminders
from portal.money.rules import Paid
from portal.notices import rules
from portal.notices.models import Letter
from portal.notices.service import read_in, write
from portal.ownership import answering
from portal.ownership import service as questions
from portal.ownership.rules import Asker
from portal.people.rules import Role
from portal.proposals import service
from portal.proposals.judging import panel
from portal.proposals.models_letters import CaseLetter
from portal.proposals.recourse import more_time, reviewing
from portal.proposals.tick import tick
from portal.proposals.words_letters import SAYS
from portal.proposals.writing import declaring, moderating
from tests import factories
from tests.hearings.stage import Open
from tests.letters import test_walks as walks
from tests.notices.languages import marked, unsaid
from tests.ownership import make
from tests.proposals.stage import Stage, after_day, to_day


@pytest.fixture(autouse=True)
def welsh():
    """Everybody whom the tests give an account reads Welsh, and Welsh is marked."""
    with marked():
        yield


def reads_welsh(address):
    """So does somebody without an account."""
    with transaction():
        read_in(address, "cy")


# ---- what is found in a letter

# What people write here and in the walks, that is no name in the database.
WRITTEN = """
A garden for the street|Olu Ade|Ada Hill|Head of property|Estates manager|Estates|Minute 12|The costs, please.
A good thing.|We welcome it.|Thank you.|Because.|Seen.|Both columns.|The panel gave nothing.|As before.|Moving.|Ill.
The letters were overlooked.|A survey of May.|Survey.|The hall is taken.|Take another hall.|Too loud.|We found a hall.
Car park|Thirty spaces.|Capital, line 14|Parking strategy, page 31|Names a neighbour.|Open until nine.
Small hall, Town Hall, Talbot Road, M32 0TH|One name was wrong.|The gate
Who owns this?|No title at the land registry.|Asked the ward office.|HM Land Registry|Title register
"""
TYPED = re.compile("|".join(map(re.escape, re.split(r"[|\n]", WRITTEN.strip()))) + r"|SHA-256 \w+")


def in_english(letter: Letter) -> list[str]:
    """The words of a letter that are neither ours in Welsh nor anybody's own."""
    return unsaid(TYPED.sub(" ", f"{letter.subject}\n{letter.body}"))


def letters() -> list[Letter]:
    db.session.rollback()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def kind_of(letter: Letter) -> str:
    """A letter of a step by its subject, a reminder by its name, any other by its line in rules.KINDS."""
    parts = letter.key.split(":")
    if parts[0] == "case" and parts[2] != "review":
        return db.session.get(CaseLetter, int(parts[2])).said["subject"]
    if parts[0] == "reminder":
        return f"reminder:{parts[2]}"
    return next(pattern for pattern, _kind in rules.KINDS if fnmatchcase(letter.key, pattern))


# ---- what happens


def stage(**values) -> Stage:
    made = Stage(**values)
    reads_welsh("ada.hill@council.example")
    made.more, made.since = {}, 0
    return made


def played(walk: Callable, **values) -> Callable:
    """A whole walk of tests/letters."""
    return lambda: walk(stage(**values))


def interest():
    one = stage().draft()
    declaring.register_interest(one.case_id, one.organiser)


def declined():
    one = stage().refused_and_lodged_again()
    service.decline_repeat(one.case_id, one.broker, "As before.")


def more_time_given():
    one = stage().on_notice()
    until = one.case.due["holder_response"] + timedelta(days=7)
    more_time.ask(one.case_id, one.officer, period="holder_response", until=until, why="Ill.")
    more_time.answer(one.case_id, one.organiser, given=True)


def waived():
    one = stage().agreed(deposit=5000)
    deposits.waive(one.case_id, one.broker, "Because.")


def moderated():
    one = stage().on_notice()
    service.represent(one.case_id, one.resident, supports=True, words="Too loud.")
    said = one.case.representations[0].id
    moderating.moderate(one.case_id, one.broker, said, reason="private", words="Names a neighbour.")


def beaten():
    """Two ask for one place, and one has it."""
    one = stage().on_notice()
    first, other = one.case_id, one.rival()
    after_day("holder_response", one.case)
    tick()
    for one.case_id in (other, first):
        one.capacity()
        for member in (one.panel, one.panel2):
            panel.score(one.case_id, member, one.sheet())
    panel.decide(one.case_id, one.chair)
    one.case_id = other
    after_day("decision", one.case)
    tick()


def reviewed():
    """Refused; a review grants it."""
    one = stage().scored(0, 3, alternative=True)
    panel.decide(one.case_id, one.chair, ground="better_alternative", evidence="Both columns.")
    first, second, chair = (
        factories.with_role(one.area, role).id for role in (Role.PANEL, Role.PANEL, Role.CHAIR)
    )
    factories.with_role(one.area, Role.ADMINISTRATOR)
    reviewing.ask_review(one.case_id, one.organiser, "The letters were overlooked.")
    for member in (first, second):
        panel.score(one.case_id, member, one.sheet())
    panel.decide(one.case_id, chair)


def review_overdue():
    one = stage(resolution=False).scored(0, 3, alternative=True)
    panel.decide(one.case_id, one.chair, ground="better_alternative", evidence="Both columns.")
    for role in (Role.PANEL, Role.PANEL, Role.CHAIR):
        factories.with_role(one.area, role)
    reviewing.ask_review(one.case_id, one.organiser, "The letters were overlooked.")
    to_day(one.case.due["review"])
    reminders.tick()
    after_day("review", one.case)
    tick()


def reminded():
    one = stage(resolution=False).on_notice()
    to_day(one.case.due["holder_response"])
    reminders.tick()
    after_day("holder_response", one.case)
    tick()
    to_day(one.case.due["decision"])
    reminders.tick()
    after_day("decision", one.case)
    tick()
    to_day(one.case.events[-1].on + timedelta(days=8))
    reminders.tick()


def heard():
    one = Open().to_test()
    one.set()
    other = factories.user()
    one.ids["other"] = other.id
    one.asks("other")
    hearings.set_hearing(one.case_id, one.chair, one.plan(agenda="Open until nine."), shown="0")
    to_day(one.hearing.on - timedelta(days=1))
    hearing_days.tick()
    to_day(one.hearing.on)
    record = hearings.Record(Outcome.WITH_CONDITIONS, "All spoke.", 12, "Open until nine.")
    hearings.record_hearing(one.case_id, one.chair, record)
    hearings.add_to_minutes(one.case_id, one.chair, "One name was wrong.")


def called_off():
    one = Open().to_test().listed()
    service.withdraw(one.case_id, one.organiser, "We found a hall.")
    hearing_days.tick()


def agreed():
    """A deposit, another term, notice, a claim; the reminders before a break and an end."""
    one = stage().agreed(deposit=5000)
    negotiating.change_term(one.case_id, one.organiser, "access", "Open until nine.", version=1)
    to_day(one.case.due["agreement"])
    reminders.tick()
    one.accept("officer")
    deposits.take(one.case_id, one.broker, paid_by=Paid.CASH)
    one.sign("organiser")
    one.sign("officer")
    agreement.hand_over(one.case_id, one.broker, "As before.")
    to_day(date(2027, 2, 1))
    agreements.tick()
    agreement.give_notice(one.case_id, one.organiser, ends_on=date(2027, 6, 30), why="Moving.")
    to_day(date(2027, 3, 31))
    agreements.tick()
    to_day(date(2027, 6, 30))
    agreements.tick()
    agreement.end(one.case_id, one.broker, "As before.")
    deposits.claim(one.case_id, one.broker, pence=2000, why="The gate", evidence="The gate")
    deposits.answer(one.case_id, one.organiser, agrees=False, words="It was so before.")
    deposits.settle(one.case_id, one.broker, kept_pence=1550)


def renewed():
    """A renewal that is given up, and one that begins."""
    one = stage().signed()
    agreement.hand_over(one.case_id, one.broker, "As before.")
    to_day(date(2029, 5, 1))
    negotiating.renew(one.case_id, one.organiser, term_months=12)
    negotiating.keep_on(one.case_id, one.organiser)
    negotiating.renew(one.case_id, one.organiser, term_months=12)
    to_day(date(2029, 5, 31))
    agreements.tick()
    one.accept("officer")
    one.sign("organiser")
    one.sign("officer")
    agreement.go_on(one.case_id, one.broker)
    to_day(date(2030, 9, 10))
    agreements.tick()


def asked_who_owns():
    here = make.place()
    broker, who = here.broker.id, "gwen@example.org"
    for address in (who, "e@council.example"):
        reads_welsh(address)
    one, other = (
        make.asked(here, words=words, asker=Asker(email=who))
        for words in ("Who owns this?", "Seen.")
    )
    for question in (one, other):
        questions.confirm(question.listeners[0].id)
    to_day(one.due - timedelta(days=1))
    questions.tick()
    answering.note(broker, one.id, why="No title at the land registry.")
    answering.send_on(broker, one.id, name="Estates", email="e@council.example")
    answering.chase(broker, one.id, body_id=make.fresh(one).bodies[0].id)
    to_day(one.due + timedelta(days=1))
    questions.tick()
    answering.join(broker, other.id, number=one.id)
    answering.not_established(broker, one.id, tried=["Asked the ward office."])
    make.answer(here, one)


class Happening(NamedTuple):
    """What happens, and the letters that come of it."""

    happens: Callable[[], None]
    kinds: set[str]


BEGINNING = {"Proposal lodged", "Proposal published"}
TESTED = BEGINNING | {"The test began"}
GRANTED = TESTED | {"Granted"}
SIGNED = GRANTED | {"Heads of terms drafted", "Terms accepted", "The agreement was signed by one side"}  # fmt: skip
HEARING = TESTED | {"The holder objected", "There will be a public hearing", "The public hearing"}
HAPPENINGS = {
    "granted": Happening(played(walks.granted), SIGNED | {"The holder agreed", "The place was handed over", "The use ended"}),
    "refused": Happening(played(walks.refused), TESTED | {"The holder named another use", "Refused", "A review was asked for", "Refused after a review"}),
    "by default": Happening(played(walks.by_default), BEGINNING | {"Something is missing", "Granted by default"}),
    "escalated": Happening(played(walks.escalated, resolution=False), HEARING - {"The public hearing"} | {"More time was asked for", "More time was not agreed", "Overdue: not decided in time"}),
    "withdrawn": Happening(played(walks.withdrawn), BEGINNING | {"Proposal withdrawn"}),
    "lapsed": Happening(played(walks.lapsed), GRANTED | {"Lapsed: not signed in time"}),
    "interest": Happening(interest, {"Interest registered"}),
    "declined": Happening(declined, {"Declined: refused not long ago"}),
    "more time": Happening(more_time_given, {"More time was agreed"}),
    "moderated": Happening(moderated, {"moderated:*"}),
    "beaten": Happening(beaten, {"Lapsed"}),
    "reviewed": Happening(reviewed, {"Granted after a review", "case:*:review:*"}),
    "review overdue": Happening(review_overdue, {"Overdue: the review was not decided in time"}),
    "reminded": Happening(reminded, {"reminder:answer", "reminder:score", "overdue:*"}),
    "heard": Happening(heard, HEARING | {"The hearing was held", "The minutes were added to", "hearing:*:speaker:*", "hearing:*:day:*"}),
    "called off": Happening(called_off, {"hearing:*"}),
    "agreed": Happening(agreed, {"A change to the terms", "reminder:sign", "Receipt for the deposit", "Notice was given", "About the deposit", "The group answered about the deposit", "The deposit was settled", "agreement:*"}),
    "waived": Happening(waived, {"No deposit is asked for"}),
    "renewed": Happening(renewed, {"A renewal was asked for", "The renewal was given up", "The renewal has begun"}),
    "who owns it": Happening(asked_who_owns, {"ownership:*:body:*", "ownership:*", "ownership-listener:*:confirm", "ownership-listener:*:received", "ownership-listener:*"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HAPPENINGS)
def test_no_letter_is_left_in_english(app, name):
    happening = HAPPENINGS[name]
    happening.happens()
    found = letters()
    assert {kind_of(letter) for letter in found} >= happening.kinds
    for letter in found:
        assert (letter.key, letter.language) == (letter.key, "cy")
        assert (letter.key, in_english(letter)) == (letter.key, [])


def test_each_kind_of_letter_is_tried():
    mine = ("case:*:", "moderated:", "overdue:", "agreement:", "hearing:", "ownership")
    known = {pattern for pattern, _kind in rules.KINDS if pattern.startswith(mine)}
    known |= {f"reminder:{one.name}" for one in reminders.REMINDERS}
    known |= {says.subject for says in SAYS.values()}
    assert known - set.union(*(one.kinds for one in HAPPENINGS.values())) == set()


def test_a_letter_that_is_said_in_english_already_is_found(app):
    factories.area()
    reads_welsh("gwen@example.org")
    with transaction():
        write(to="gwen@example.org", subject="x", body=_("Nothing else."), key="left:1:2:3")
    [letter] = letters()
    assert in_english(letter)[:2] == ["Nothing", "else"]
