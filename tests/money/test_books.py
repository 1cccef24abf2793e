"""`portal books`: what stands in each account, and a failure where somebody wrote into the database by hand."""

import json

from click.testing import CliRunner
from sqlalchemy import text

from portal import cli
from portal.db import db, transaction
from portal.money import service
from portal.money.rules import Paid
from tests import factories


def test_books_in_order_and_not(app, monkeypatch, engine_name):
    factories.area()
    by = factories.user().id
    with transaction():
        service.receive(service.ask_deposit(20_00), paid_by=Paid.CASH, by=by)
    monkeypatch.setattr(cli, "_app", lambda: app)
    said = CliRunner().invoke(cli.main, ["books"])
    assert said.exit_code == 0
    books = json.loads(said.output)["testing"]
    assert books == {"pence": {"cash": 20_00, "deposits": -20_00}, "faults": []}
    if engine_name == "sqlite":  # PostgreSQL would not take it
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO entry (posting_id, account, pence) VALUES (1, 'cash', 1)"))  # fmt: skip
        assert CliRunner().invoke(cli.main, ["books"]).exit_code == 1
