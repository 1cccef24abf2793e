"""What the tests of questions need: an area with people, a plot, and questions in named states."""

from datetime import date, timedelta
from types import SimpleNamespace

from shapely import box

from portal import clock
from portal.areas.models import Postcode
from portal.db import db
from portal.ownership import answering, queries, service
from portal.ownership.models import Question
from portal.ownership.rules import OwnerKind
from portal.people.rules import Role
from tests import factories

LON, LAT = -2.30, 53.40


def place() -> SimpleNamespace:
    """An area with a council and its plot, a broker, two residents, and groups of theirs."""
    area = factories.area(contact_email="broker@testing.example")
    db.session.add(Postcode(area_id=area.id, code="M332AA", lon=LON, lat=LAT))
    db.session.commit()
    holder = factories.holder(area, name="Testing Council")
    resident, other = factories.user("rosa.hill@example.org", name="Rosa Hill"), factories.user()
    yard = factories.asset(holder, name="The yard", shape=box(LON, LAT, LON + 0.001, LAT + 0.001))
    return SimpleNamespace(
        area=area,
        area_id=area.id,
        holder=holder,
        yard=yard,
        broker=factories.with_role(area, Role.BROKER, name="Bea Broker"),
        resident=resident,
        other=other,
        public_group=factories.group(area, resident, name="Green Corner"),
        private_group=factories.group(area, resident, name="Quiet Circle", private=True),
        others_group=factories.group(area, other, name="Others"),
    )


def asked(here, **values) -> Question:
    """A question about the yard, asked by nobody in particular."""
    given = {
        "asset_id": here.yard.id,
        "words": "Who owns this?",
        "source": "question",
    } | values
    return db.session.get_one(Question, service.ask(area_id=here.area_id, **given))


def fresh(question: Question) -> Question:
    db.session.rollback()
    return queries.question_of(question.id)


def answer(here, question, **values):
    """Answered: the council, by its title."""
    given = {
        "kind": OwnerKind.HOLDER,
        "holder_id": here.holder.id,
        "title_number": "GM123456",
        "said_by": "HM Land Registry",
        "document": "Title register",
        "as_of": date(2026, 3, 2),
    } | values
    return answering.answer(here.broker.id, question.id, **given)


def token(listener) -> str:
    return queries.token_of(listener)


def minutes(number: int):
    return clock.now() + timedelta(minutes=number)
