"""Many people, or two imports, at the same moment: everybody gets an answer, nothing is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Area
from portal.db import db
from portal.intake.importer import import_register
from portal.notices.models import Letter
from portal.people.models import User
from portal.proposals.models import Representation
from portal.register.models import Asset
from tests.conftest import csrf_token
from tests.proposals.stage import Stage

EACH = 4


def at_once(app, calls):
    """Run the calls in threads that begin together; what each returned."""
    now, barrier = clock.now(), Barrier(len(calls))
    db.session.close()

    def run(call):
        barrier.wait()
        with app.app_context(), clock.at(now):
            try:
                return call()
            finally:
                db.session.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_eight_people_write_at_once_and_nobody_is_turned_away(app):
    """On SQLite one writes and the others wait: no page says that the database is locked."""
    stage = Stage()
    stage.on_notice()
    letters = db.session.scalar(select(func.count(Letter.id)))
    clients = [app.test_client() for _ in range(8)]
    for number, client in enumerate(clients):
        client.sign_in(f"neighbour{number}@example.org")

    def speak_and_ask_for_links(client):
        page = client.get("/account").get_data(as_text=True)
        token = {"csrf_token": csrf_token(page)}
        data = token | {"stance": "for", "words": "Green."}
        told = [client.post(f"/cases/{stage.case_id}/represent", data=data).status_code]
        for number in range(EACH):
            asked = token | {"email": f"friend{number}@example.org"}
            told.append(client.post("/sign-in", data=asked).status_code)
            told.append(client.post("/account", data=token | {"name": "N"}).status_code)
        return told

    told = at_once(
        app, [lambda client=client: speak_and_ask_for_links(client) for client in clients]
    )
    assert told == [[302] + [302, 302] * EACH] * 8
    assert db.session.scalar(select(func.count(Representation.id))) == 8
    assert db.session.scalar(select(func.count(Letter.id))) == letters + 8 * EACH
    assert db.session.scalar(select(func.count(User.id)).where(User.name == "N")) == 8


def test_two_imports_of_one_new_register_come_one_after_the_other(app, tmp_path):
    file = tmp_path / "register.csv"
    rows = [f"A{n},Plot {n},Mill Lane" for n in range(50)]
    file.write_text("\n".join(["Asset code,Property name,Street", *rows]))
    told = at_once(app, [lambda: import_register(file, "new-town")] * 2)
    assert sorted((report["new"], report["unchanged"]) for report in told) == [(0, 50), (50, 0)]
    assert db.session.scalar(select(func.count(Asset.id))) == 50
    assert db.session.scalar(select(func.count(Area.id))) == 1
