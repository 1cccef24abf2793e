"""What was signed before there were editions keeps its exact bytes; what nobody had signed is drafted anew."""

import hashlib

from sqlalchemy import text

from portal.db import db
from portal.migrate import downgrade, upgrade
from tests.proposals.stage import Stage
from tests.test_migrations import engine, fresh_url  # noqa: F401 - fixtures

TEXT = "HEADS OF TERMS\nSubject to contract, für immer."
SHA = hashlib.sha256(TEXT.encode()).hexdigest()
AT = "2026-05-01 10:00:00+00:00"


def test_signed_texts_become_papers_byte_for_byte(engine):  # noqa: F811 - the fixture
    stage = Stage().granted()
    case_id, user_id = stage.case_id, stage.organiser
    db.session.close()
    downgrade(engine, "0009")
    values = {"case": case_id, "user": user_id, "text": TEXT, "sha": SHA, "at": AT}
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO agreement (proposal_id, text, sha256, starts_on, term_months, drafted_at, user_id)"
                " VALUES (:case, :text, :sha, '2026-08-31', 6, :at, :user)"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO signature (proposal_id, role, user_id, name, at, sha256)"
                " VALUES (:case, 'organiser', :user, 'Rosa', :at, :sha)"
            ),
            values,
        )
        connection.execute(text("UPDATE proposal SET state = 'agreement'"))
    upgrade(engine)
    found = stage.agreement
    assert (found.edition, found.sha256) == (1, SHA)
    assert found.papers[0].data == TEXT.encode()
    assert found.papers[0].mime == "text/plain"
    assert found.signatures[0].name == "Rosa"
    assert found.ends_on.isoformat() == "2027-02-27"
    stage.sign("officer")  # the other side still signs the very text
    db.session.close()
    downgrade(engine, "0009")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT text FROM agreement")) == TEXT
        assert connection.scalar(text("SELECT count(*) FROM signature")) == 2
    db.session.close()


def test_a_text_that_nobody_had_signed_is_drafted_anew(engine):  # noqa: F811 - the fixture
    stage = Stage().granted()
    db.session.close()
    downgrade(engine, "0009")
    with engine.begin() as connection:
        connection.execute(text("UPDATE proposal SET state = 'agreement'"))
    upgrade(engine)
    assert stage.case.state == "granted"
    stage.terms()
    assert stage.agreement.edition == 1
    db.session.close()
