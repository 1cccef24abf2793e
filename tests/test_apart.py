"""Other people's things: those of another area in the same database, and those of another group, let or case named below a
page of one's own, in an address or in a form. Who may open what of one area is in test_matrix.py.
"""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, select

from portal import clock
from portal.db import db, transaction
from portal.lettings.finding import saving
from portal.lettings.hosting import evidence, keys, standing
from portal.lettings.hosting.rules import Approval, Paper
from portal.lettings.models import Let
from portal.money import charging
from portal.money.models import CardPayment
from portal.money.rules import ChargeKind
from portal.money.steps import CardState
from portal.people import organisers, service
from portal.people import queries as people
from portal.people.models import GroupInvitation, Holder, Membership, RoleGrant, User
from portal.people.rules import Role
from portal.proposals import files
from portal.proposals import service as cases
from portal.proposals.models import CaseFile
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.sightings.models import Photo
from portal.venues import opening
from tests import conftest, factories
from tests.conftest import csrf_token
from tests.hostile import NEED, everything
from tests.lettings import make
from tests.matrix import SECRETS
from tests.rounds import make as rounds
from tests.sightings import make as sightings
from tests.test_matrix import ROWS

pytestmark = [
    pytest.mark.parametrize("engine_name", ["sqlite"]),
    pytest.mark.xdist_group("world"),
]
TO_SIGN_IN = re.compile(r"/(sign-in|account/confirm)")
AREA_ROLES = (Role.BROKER, Role.PANEL, Role.CHAIR, Role.ADMINISTRATOR)
QUERY = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in NEED.items())


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(conftest, "check_html", lambda _html: None)  # other tests do


# ---- another area


@pytest.fixture
def neighbour(app, world):
    """Somebody with every role of another area in the same database, at the portal that serves that one."""
    area = factories.area(slug="elsewhere", name="Elsewhere")
    person = factories.user("ned@example.org", name="Ned")
    office = {"area_id": area.id, "holder_id": factories.holder(area).id, "role": Role.OFFICER}
    grants = [{"role": role, "area_id": area.id} for role in AREA_ROLES]
    db.session.add_all(RoleGrant(user_id=person.id, **grant) for grant in [*grants, office])
    db.session.commit()
    app.config["AREA"] = "elsewhere"
    people.forget_area()
    client = app.test_client().sign_in("ned@example.org")
    client.token = csrf_token(client.get("/questions/new").get_data(as_text=True))
    yield client
    people.forget_area()


# Where one is told that it is gone, or is for another address, or is sent on to where nothing is; and a letter's key that
# ends what its owner wanted ended.
SAYS_NOTHING = {
    "/cases/{used}/change-terms", "/groups/join/{join}", "/needs/leave/{saved_token}", "/setup/letters/{letter}/again",
    "/setup/roles/{grant}/take", "/sign-in/{sign_in}", "/watches/{watch}/leave", "/petitions/{petition}/withdraw",
}  # fmt: skip


def test_nothing_of_another_area_is_there(neighbour, world):
    """Neither for its broker and administrator nor by the keys of its letters."""
    let_in, read, before = [], [], rows()
    for address, *expected in ROWS:
        for method, who in zip(("GET", "POST"), expected, strict=True):
            if who == "/" or "{" not in address:
                continue
            data = {"csrf_token": neighbour.token} if method == "POST" else None
            answer = neighbour.open(world.path(address), method=method, data=data)
            text = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
            answer.close()
            away = answer.status_code in (302, 303) and TO_SIGN_IN.search(answer.location)
            if not away and answer.status_code not in (403, 404) and address not in SAYS_NOTHING:
                let_in.append(f"{method} {address}: {answer.status_code} {answer.location or ''}")
            if any(secret in text for secret in SECRETS):
                read.append(f"{method} {address}")
    assert not [*read, *let_in], "\n".join([*read, *let_in])
    after = rows()
    assert {name for name in after if after[name] != before[name]} <= {"watch", "letter"}


# ---- who has left


def test_whose_office_or_group_has_ended_meets_closed_doors(app, world):
    """With pages that were open, tokens that are good still, and the addresses of calendars."""
    ids, doors = world.ids, []
    offices = (("f", "holder", ids["holder"]), ("k", "keyholder", 0), ("g", "group", ids["group"]))
    for role, scope, number in offices:
        browser, token = world.browser(role), {"csrf_token": world.tokens[role]}
        path = f"/calendars/{scope}/{number}/make"
        made = browser.post(path, data=token).get_data(as_text=True)
        feed = re.search(r"/calendar/[\w-]+\.ics", made)[0]
        page = f"/lets/{ids['let']}/way-in" if role == "g" else f"/hosting/places/{ids['building']}/way-in"  # fmt: skip
        assert browser.get(page).status_code == app.test_client().get(feed).status_code == 200
        doors.append((browser, token, path, feed, page))
    broker = db.session.scalar(select(RoleGrant.user_id).where(RoleGrant.role == Role.BROKER))
    officers = select(RoleGrant.id).where(RoleGrant.role == Role.OFFICER)
    for grant in db.session.scalars(officers).all():
        service.take_role(grant)
    opening.remove_keyholder(broker, ids["keyholder"])
    db.session.execute(delete(Membership).where(Membership.group_id == ids["group"]))
    db.session.commit()
    for browser, token, path, feed, page in doors:
        assert browser.get(page).status_code in (302, 404), page
        written = browser.post(page, data=token | {"words": "Mine now.", "version": "1"})
        assert written.status_code in (403, 404, 405), page
        assert browser.post(path, data=token).status_code in (403, 404), path
        assert app.test_client().get(feed).status_code == 404, feed


# ---- theirs below mine


@pytest.fixture
def ids(world):
    """The numbers of what there is, and of what another group and another holder have: x_..."""
    other = db.session.scalars(select(User).where(User.email == "other@example.org")).one()
    broker = db.session.scalar(select(RoleGrant.user_id).where(RoleGrant.role == Role.BROKER))
    group_id, known = world.ids["other_group"], dict(world.ids)
    let = db.session.scalars(select(Let).where(Let.group_id == group_id)).one()
    found = {"x_group": group_id, "x_let": let.id, "x_date": let.occurrences[0].id}
    found |= _of_let(broker, let, other.id)
    found |= _elsewhere(broker, known)
    case_id = cases.start(
        factories.asset(db.session.get_one(Holder, known["holder"])).id, other.id, group_id
    ).id
    files.add(
        case_id, other.id, [files.ready(files.Sent(factories.photo("red"), "secret-plan.jpg"))]
    )
    found |= {
        "x_case": case_id,
        "x_file": db.session.scalar(select(CaseFile.id).where(CaseFile.proposal_id == case_id)),
        "x_saved": saving.save(other.id, make.wish(weekday=4)).id,
    }
    organisers.invite(other.id, group_id, "newer@example.org")
    mine = GroupInvitation.group_id == group_id
    found["x_invitation"] = db.session.scalar(select(GroupInvitation.id).where(mine))
    db.session.commit()
    return SimpleNamespace(**known | found)


def _of_let(broker, let, other_id) -> dict[str, int]:
    loan = keys.give(broker, let.id, what="Back door key", to="Otto", due_on=date(2026, 3, 6))
    seen = evidence.note(broker, let.id, kind=Paper.INSURANCE, what="Theirs.", seen_on=date(2026, 3, 1), valid_until=date(2027, 3, 1))  # fmt: skip
    with transaction() as session:
        charge = charging.charge(
            ChargeKind.RENT, key="date:x", pence=30_00, holder_id=let.room.holder_id, group_id=let.group_id,
            about=f"Let {let.id}", path=f"/lets/{let.id}", words="3 dates",
        )  # fmt: skip
        payment = CardPayment(
            area_id=let.area_id, charge_id=charge.id, path=f"/lets/{let.id}", pence=30_00, state=CardState.FAILED,
            token="token-x", provider_id="pay-x", user_id=other_id, started_at=clock.now(),
        )  # fmt: skip
        session.add(payment)
        session.flush()
        return {
            "x_loan": loan.id,
            "x_evidence": seen.id,
            "x_charge": charge.id,
            "x_payment": payment.id,
        }


def _elsewhere(broker, known) -> dict[str, int]:
    """Another holder's room and rule; another group's wish in the open round; another report's photo."""
    room = db.session.get_one(Asset, known["room"])
    holder_id = db.session.scalar(
        select(RoleGrant.holder_id).where(
            RoleGrant.role == Role.OFFICER, RoleGrant.holder_id != known["holder"]
        )
    )
    theirs = db.session.get_one(Holder, holder_id)
    hall = factories.asset(theirs, kind=Kind.BUILDING, name="Their hall")
    other = db.session.scalars(select(User).where(User.email == "other@example.org")).one()
    request = rounds.asked(other.id, known["other_group"], known["open_round"], (room, 4))
    here = SimpleNamespace(area_id=room.area_id, holder=theirs)
    report = sightings.sent(here, photos=1)
    photo = db.session.scalar(select(Photo.id).where(Photo.sighting_id == report.id))
    return {
        "x_holder": holder_id, "x_place": hall.id,
        "x_rule": standing.add(broker, holder_id, Approval(most_people=2)).id,
        "x_request": request.id, "x_wish": request.wishes[0].id, "x_photo": photo,
    }  # fmt: skip


# Who asks, how, for what, with which answers.
ASKED = [
    ("g", "GET", "/lets/{let}/dates/{x_date}", {}),
    ("g", "POST", "/lets/{let}/dates/{x_date}/move", {"to": "{room}@18:30"}),
    ("g", "POST", "/lets/{let}/dates/{x_date}/attended", {"came": "yes"}),
    ("g", "POST", "/lets/{let}/dates/give-up", {"dates": "{x_date}", "why": "x"}),
    ("g", "POST", "/lets/{let}/dates/take-back", {"dates": "{x_date}"}),
    ("f", "POST", "/lets/{let}/dates/cancel", {"dates": "{x_date}", "why": "x"}),
    ("g", "GET", "/lets/{let}/card/{x_payment}", {}),
    ("g", "POST", "/lets/{let}/charges/{x_charge}/card", {}),
    ("f", "POST", "/lets/{let}/keys/{x_loan}/back", {}),
    ("f", "POST", "/lets/{let}/papers/{x_evidence}/take-back", {}),
    ("g", "GET", "/cases/{used}/files/{x_file}", {}),
    ("g", "GET", "/cases/{used}/files/{x_file}/thumb", {}),
    ("g", "GET", "/cases/{x_case}/files/{x_file}", {}),
    ("g", "POST", "/cases/{draft}/files", {"remove": "{x_file}"}),
    ("g", "POST", "/cases/{draft}/files", {"shows_{x_file}": "mine now"}),
    ("g", "POST", "/cases/{used}/agreement/photos", {"remove": "{x_file}"}),
    ("g", "POST", "/cases/{used}/agreement/photos", {"shows-{x_file}": "mine now"}),
    ("g", "GET", "/cases/{notice}/letters/{event}.pdf", {}),
    ("g", "GET", "/cases/{used}/card/{x_payment}", {}),
    ("g", "POST", "/groups/{group}/take-back", {"invitation": "{x_invitation}"}),
    ("f", "POST", "/hosting/{holder}/approvals/{x_rule}/end", {}),
    ("f", "POST", "/hosting/{x_holder}/approvals/{rule}/end", {}),
    ("f", "POST", "/hosting/{holder}/approvals/new", {"place": "{x_place}", "most_people": "20", "most_pence": "0"}),
    ("f", "POST", "/holders/{holder}/closures", {"place": "{x_place}", "why": "x", "first-day": "1", "first-month": "4", "first-year": "2026"}),
    ("g", "POST", "/rounds/requests/{x_request}/wishes", {"room": "{room}", "day": "2", "starts": "18:00", "ends": "20:00"}),
    ("g", "POST", "/rounds/requests/{request}/wishes/{x_wish}/drop", {}),
    ("g", "POST", "/rounds/requests/{request}/wishes/{x_wish}/raise", {}),
    ("g", "POST", "/rounds/{open_round}/ask?group={x_group}", {"group": "{x_group}", "people": "15", "times": "1", "near": "M33 2AA", "within": "3", "pay": "4", "insurance": "venue", "safeguarding": "y"}),
    ("b", "POST", "/rounds/{open_round}/places/{place}/pin", {}),
    ("b", "POST", "/rounds/{open_round}/places/{place}/away", {}),
    ("g", "POST", "/needs/new?saved={x_saved}&" + QUERY, {}),
    ("g", "GET", "/needs/{x_saved}/rooms", {}),
    ("g", "POST", "/needs/{x_saved}/stop", {}),
    ("g", "POST", "/rooms/{room}/ask?" + QUERY, {"group": "{x_group}", "insurance": "venue", "safeguarding": "y"}),
    ("g", "POST", "/rooms/{room}/wait?" + QUERY, {"group": "{x_group}", "insurance": "venue", "safeguarding": "y"}),
    ("g", "POST", "/assets/{plot}/claim", {"group": "{x_group}"}),
    ("-", "GET", "/report/{report}/photos/{x_photo}.webp", {}),
    ("-", "POST", "/report/{draft_report}/photos", {"remove": "{x_photo}"}),
    ("b", "POST", "/cases/{notice}/petition/paper/99/correct", {"valid": "1", "double": "0", "outside": "0", "unreadable": "0", "why": "x"}),
    ("c", "POST", "/cases/{case}/hearing/speakers", {"speaker": "999", "to": "later"}),
    ("b", "POST", "/questions/{question}/chase", {"body": "999"}),
]  # fmt: skip
UNCOUNTED = {"signed_in", "audit_entry", "sign_in_link"}


def filled(form, ids):
    return {name.format(**vars(ids)): value.format(**vars(ids)) for name, value in form.items()}


def rows():
    return {name: found for name, found in everything().items() if name not in UNCOUNTED}


def test_what_is_theirs_is_not_reached_through_what_is_mine(world, ids):
    before, wrong = rows(), []
    for role, method, address, form in ASKED:
        path = address.format(**vars(ids))
        data = filled(form, ids) | {"csrf_token": world.tokens[role]} if method == "POST" else None
        answer = world.browser(role).open(path, method=method, data=data)
        text = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
        answer.close()
        if method == "GET" and answer.status_code != 404:
            wrong.append(f"{method} {address}: {answer.status_code}")
        if "secret-plan" in text or "Otto" in text:
            wrong.append(f"{method} {address}: says what is theirs")
        if rows() != before:
            after = rows()
            changed = [name for name in after if after[name] != before[name]]
            wrong.append(f"{method} {address} {form}: {answer.status_code}, and changed {changed}")
            before = after
    assert not wrong, "\n".join(wrong)
