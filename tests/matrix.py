"""The whole portal in one area, with somebody in each role, and the numbers of what there is: who may open what is in
tests/test_matrix.py.
"""

import copy
import re
import shutil
from datetime import date, time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.db import db, transaction
from portal.lettings.dates import service as dates
from portal.lettings.dates import waiting
from portal.lettings.dates.tick import tick as dates_tick
from portal.lettings.finding import saving
from portal.lettings.hosting import blocking, entry, evidence, feeds, keys, standing
from portal.lettings.hosting.rules import Approval, Paper, Scope, Stretch
from portal.lettings.rules import Insurance
from portal.money import charging
from portal.money.models import CardPayment, CardRefund
from portal.money.rules import ChargeKind, Paid
from portal.money.steps import CardState, RefundState
from portal.notices.models import Letter
from portal.ownership import queries as questions
from portal.ownership import service as ownership
from portal.ownership.models import Listener
from portal.ownership.rules import Asker
from portal.people import organisers
from portal.people.models import GroupInvitation, Membership, RoleGrant
from portal.people.rules import Role
from portal.petitions import counting
from portal.petitions import service as petitions
from portal.petitions.rules import OnPaper
from portal.proposals import files
from portal.proposals.models import CaseEvent, CaseFile
from portal.proposals.models_letters import CaseLetter
from portal.proposals.signs import sign
from portal.register.rules import Opener
from portal.sightings.models import Photo
from portal.venues import opening
from portal.venues.opening import Opens
from tests import factories
from tests.conftest import _copy, csrf_token
from tests.hearings.stage import Open
from tests.lettings import make
from tests.petitions import make as signing
from tests.rounds import make as rounds
from tests.sightings import make as sightings
from tests.watches import make as watches

# A letter for each role: who is nobody, who is somebody without a part in this, who has one.
ROLES = {
    "-": "signed out",
    "r": "signed in, without any role",
    "g": "organiser of the group",
    "o": "organiser of another group",
    "f": "officer of the holder",
    "e": "officer of another holder",
    "b": "broker",
    "k": "who opens the building",
    "p": "panel member",
    "c": "chair",
    "a": "administrator",
}
A_FORM = "/questions/new"  # that anybody may open
# Who meets where: for the group itself, the venue and the broker.
JO = Opens(Opener.STAFF, "Jo", email="jo@example.org")
SECRETS = ("Stroke Circle", "ruth@example.org", "use wheelchairs", "4711")


class World:
    """The filled area in a file, and the cookies of somebody in each role; each test begins from it anew."""

    def __init__(self, app: Flask, kept: Path) -> None:
        made = filled()
        self.app, self.kept, self.ids, self.now = app, kept, made.ids, clock.now()
        self.cookies, self.tokens, self.refusals = {}, {}, []
        for role in ROLES:
            client = app.test_client()
            if role != "-":
                client.sign_in(made.emails[role])
            self.tokens[role] = csrf_token(client.get(A_FORM).get_data(as_text=True))
            self.cookies[role] = list(client._cookies.values())
        db.session.close()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
        shutil.copyfile(self.file, kept)

    @property
    def file(self) -> Path:
        return Path(str(db.engine.url.database))

    def put_back(self) -> None:
        """Everything as it was; a file is copied in a few milliseconds."""
        db.session.close()
        db.engine.dispose()
        _copy(self.kept, self.file)

    def browser(self, role: str) -> FlaskClient:
        """A browser of somebody in that role."""
        client = self.app.test_client()
        for cookie in self.cookies[role]:
            client.set_cookie(cookie.key, cookie.value)
        return client

    def path(self, address: str) -> str:
        return address.format(**self.ids)


def filled() -> SimpleNamespace:
    """The area; `emails` by role, `ids` by what the addresses call them."""
    here = make.place()
    stage = _stage(here)
    other = factories.user("other@example.org", name="Otto")
    other_group = factories.group(here.area, other, name="Other group")
    elsewhere = factories.holder(here.area)
    emails = {
        "r": "anil@example.org",
        "g": "rosa@example.org",
        "o": other.email,
        "f": stage.emails["officer"],
        "e": factories.with_role(here.area, Role.OFFICER, holder=elsewhere).email,
        "b": stage.emails["broker"],
        "k": JO.email,
        "p": stage.emails["panel"],
        "c": stage.emails["chair"],
        "a": factories.with_role(here.area, Role.ADMINISTRATOR).email,
    }
    ids = {"group": here.group_id, "holder": here.holder.id, "other_group": other_group.id}
    ids |= _rooms(here, stage, other.id, other_group.id)
    ids |= _money(here, ids["let"], stage)
    ids |= _links(here, stage)
    ids |= _cases(stage)
    ids |= {"browser": factories.signed_in(stage.organiser).id}
    ids |= {"grant": db.session.scalar(select(RoleGrant.id).where(RoleGrant.role == Role.PANEL))}
    return SimpleNamespace(area=here.area, emails=emails, ids=ids)


def _stage(here) -> Open:
    """Everybody of a case; its organiser and officer are the room's too."""
    with patch.object(factories, "area", lambda **_values: here.area):
        stage = Open()
    db.session.add(Membership(user_id=stage.organiser, group_id=here.group_id))
    office = {"role": Role.OFFICER, "area_id": here.area_id, "holder_id": here.holder.id}
    db.session.add(RoleGrant(user_id=stage.officer, **office))
    db.session.commit()
    return stage


def _rooms(here, stage, other_id, other_group_id) -> dict[str, int | str]:
    broker, organiser = here.ids.broker, stage.organiser
    room, blue = make.room(here, name="Garden room"), make.room(here, name="Blue room")
    let = make.confirmed_with_deposit(here, room)
    asked = make.requested(here, blue)
    terms = {"insurance": Insurance.VENUE, "safeguarding": True}
    make.confirmed(here, blue, by=other_id, group_id=other_group_id, weekday=1)
    mine = waiting.join(organiser, blue.id, here.group_id, make.wish(weekday=1), **terms)
    waiting.join(other_id, room.id, other_group_id, make.wish(), **terms)
    dates.release(organiser, let.id, [let.occurrences[4].id], why="Half of us are away.")
    dates_tick()
    saved = saving.save(organiser, make.wish(weekday=2))
    entry.write(broker, here.building.id, words="The code is 4711.", version=0)
    loan = keys.give(broker, let.id, what="Front door key", to="Ruth", due_on=date(2026, 3, 6))
    seen = evidence.note(broker, let.id, kind=Paper.INSURANCE, what="Liability.", seen_on=date(2026, 3, 1), valid_until=date(2027, 3, 1))  # fmt: skip
    return {
        "room": room.id, "building": here.building.id, "let": let.id, "asked": asked.id, "date": let.occurrences[-1].id,
        "waiting": mine.id, "offer": 1, "saved": saved.id, "saved_token": saved.token, "loan": loan.id, "evidence": seen.id,
        "rule": standing.add(broker, here.holder.id, Approval(most_people=1)).id,
        "calendar": feeds.make(organiser, Scope.GROUP, here.group_id),
        "keyholder": opening.add_keyholder(broker, here.building.id, JO).id,
        **_round(here, room), **_venue(here, room),
    }  # fmt: skip


def _round(here, room) -> dict[str, int]:
    there = rounds.spring(here)
    request = rounds.asked(here.ids.organiser, here.group_id, there.id, (room, 4))
    wish = request.wishes[0].id
    rounds.proposed(here, there.id)
    open_one = rounds.spring(here, name="Summer", first=date(2026, 7, 1), last=date(2026, 9, 30))
    return {"round": there.id, "open_round": open_one.id, "request": request.id, "wish": wish, "place": request.places[0].id}  # fmt: skip


def _venue(here, room) -> dict[str, int]:
    broker = here.ids.broker
    opening.add_terms(broker, here.holder.id, [("Autumn", date(2026, 9, 1), date(2026, 12, 18))])
    opening.close(broker, here.holder.id, None, date(2027, 4, 1), date(2027, 4, 3), "Works.")
    hours = Stretch(
        days=(2,), starts=time(9), ends=time(12), first=date(2026, 3, 3), last=date(2026, 5, 1)
    )
    return {
        "term": 1,
        "closure": 1,
        "blocking": blocking.block(broker, room.id, hours, why="Exams.").id,
    }


def _money(here, let_id, stage) -> dict[str, int]:
    with transaction() as session:
        charge = charging.charge(
            ChargeKind.RENT, key="date:1", pence=20_00, holder_id=here.holder.id, group_id=here.group_id,
            about=f"Let {let_id}", path=f"/lets/{let_id}", words="2 dates in March 2026",
        )  # fmt: skip
        posting = charging.take(charge, 10_00, paid_by=Paid.CASH, by=here.ids.broker)
        payment = CardPayment(
            area_id=here.area_id, charge_id=charge.id, path=f"/lets/{let_id}", pence=10_00, state=CardState.FAILED,
            token="token", provider_id="pay1", user_id=stage.organiser, started_at=clock.now(),
        )  # fmt: skip
        refund = CardRefund(payment=payment, posting_id=posting.id, pence=1, state=RefundState.FAILED)  # fmt: skip
        session.add(refund)
        session.flush()
        return {"charge": charge.id, "posting": posting.id, "payment": payment.id, "refund": refund.id}  # fmt: skip


def _links(here, stage) -> dict[str, int | str]:
    """What opens by a number or a key that came by letter."""
    there = SimpleNamespace(area_id=here.area_id, holder=here.holder)
    report = sightings.sent(there, photos=1)
    asker = Asker(email="anil@example.org", user_id=stage.resident)
    yard = factories.asset(here.holder)
    question = ownership.ask(area_id=here.area_id, asset_id=yard.id, words="Who?", source="question", asker=asker)  # fmt: skip
    listener = db.session.scalars(select(Listener)).one()
    organisers.invite(stage.organiser, here.group_id, "new@example.org")
    invited = re.search(r"/groups/join/(\S+)", _last_letter("new@example.org"))[1]
    return {
        "plot": factories.asset(here.holder).id, "sighting": report.id, "report": report.token,
        "draft_report": sightings.told(there, photos=1),
        "photo": db.session.scalar(select(Photo.id).order_by(Photo.id)), "question": question,
        "listener": questions.token_of(listener), "invitation": db.session.scalar(select(GroupInvitation.id)),
        "letter": db.session.scalar(select(Letter.id)), "join": invited, "watch": watches.confirmed(), "sign_in": "x" * 43,
    }  # fmt: skip


def _last_letter(to: str) -> str:
    return db.session.scalars(
        select(Letter.body).where(Letter.to == to).order_by(Letter.id.desc())
    ).first()


def _cases(stage) -> dict[str, int | str]:
    """One that is being written, one that is on notice with a petition, one in a hearing, one that is in use."""
    draft, notice, used = (_another(stage) for _ in range(3))
    photo = [files.ready(files.Sent(factories.photo(), "plot.jpg"))]
    files.add(draft.draft().case_id, stage.organiser, photo)
    petitions.open_petition(
        notice.on_notice().case_id, stage.organiser, "Open it.", date(2026, 6, 1)
    )
    petitions.sign(notice.case_id, signing.signer())
    scan = files.Sent(factories.photo(), "scan.jpg")
    counting.count_paper(notice.case_id, stage.broker, scan, OnPaper(valid=3))
    now = clock.now()
    stage.to_test()
    stage.set()
    stage.asks()
    used.in_use(deposit=0)
    clock.move_to(now)
    told = select(CaseLetter.event_id).join(CaseEvent).where(CaseEvent.proposal_id == stage.case_id)
    return {
        "draft": draft.case_id, "notice": notice.case_id, "case": stage.case_id, "used": used.case_id,
        "file": db.session.scalar(select(CaseFile.id).where(CaseFile.proposal_id == draft.case_id)),
        "event": db.session.scalar(told), "edition": used.agreement.edition, "sign": sign.token_of(stage.case_id),
        "petition": signing.token_of("n1@example.org"), "paper": 1,
    }  # fmt: skip


def _another(stage) -> Open:
    """The same people at another place."""
    other = copy.copy(stage)
    other.__dict__ = dict(stage.__dict__)
    other.asset_id = factories.asset(stage.holder).id
    return other
