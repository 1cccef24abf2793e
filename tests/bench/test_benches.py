"""The benchmarks themselves: small, without the other servers, nothing timed."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread

import pytest
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from portal.app import create_app
from portal.db import db
from tests import requirements
from tests.bench import (
    contention,
    exactness,
    features,
    load,
    near_me,
    servers,
    store,
    term_search,
    tiles,
)

SMALL = ["--rows", "2000", "--no-peers", "--rounds", "1", "--seconds", "0.05", "--json"]


class Quiet(WSGIRequestHandler):
    """Keeps connections, as the real server does, and writes no log."""

    protocol_version = "HTTP/1.1"

    def log(self, *args):
        pass


class Pooled(ThreadedWSGIServer):
    """A few threads that stay, as the real server has them: a new one would make its projections anew."""

    pool = ThreadPoolExecutor(8)

    def process_request(self, request, client_address):
        self.pool.submit(self.process_request_thread, request, client_address)


@contextmanager
def in_a_thread(url, _folder, name="portal", first="/healthz"):
    """The portal without gunicorn: a process of its own for each would take longer than all the rest."""
    app = create_app(DATABASE_URL=url, SECRET_KEY="bench", PROXIES="1")
    server = Pooled("127.0.0.1", 0, app, handler=Quiet)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield servers.Server(name, server.port, os.getpgrp())
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    monkeypatch.setattr(servers, "portal", in_a_thread)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all: the data is built once, and taken away at the end."""
    requirements.need(bool(store.server()), "PostgreSQL with PostGIS (TEST_DATABASE_URL)")
    path = tmp_path_factory.mktemp("bench")
    yield path
    for rows in (2000, 500):
        store.drop(rows, path)


@pytest.mark.parametrize(
    ("bench", "more", "comparisons"),
    [
        (near_me, ["--few", "500"], 7),
        (features, [], 0),
        (tiles, [], 10),
        (exactness, ["--queries", "100"], 2),
    ],
    ids=["near_me", "features", "tiles", "exactness"],
)
def test_it_runs_on_both_engines_and_says_what_it_found(bench, more, comparisons, folder, capsys):
    report = bench.main([*SMALL, *more, "--data", str(folder)])

    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(report))
    assert len(report["comparisons"]) == comparisons
    assert report["machine"]["cores"]
    assert report["missing"] == {"peers": "--no-peers"} or bench is exactness
    # What is true or not must be true at any size; what is timed says nothing at this one.
    assert all(c["met"] for c in report["comparisons"] if c["ratio"] is None), report["notes"]
    assert report["notes"].get("engines agree", True)


def test_a_search_among_bookings_is_right_on_both_engines(capsys):
    requirements.need(bool(store.server()), "PostgreSQL with PostGIS (TEST_DATABASE_URL)")
    few = [
        "--rows",
        "120",
        "--holds",
        "3000",
        "--queries",
        "4",
        "--rounds",
        "1",
        "--seconds",
        "0.05",
    ]
    report = term_search.main([*few, "--json"])
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(report))
    assert all(c["met"] for c in report["comparisons"] if c["ratio"] is None), report["comparisons"]


def test_writers_at_once_never_hold_a_room_twice(capsys, monkeypatch):
    requirements.need(bool(store.server()), "PostgreSQL with PostGIS (TEST_DATABASE_URL)")
    monkeypatch.setattr(contention, "ASKED", {"single": 5, "series": 1})
    report = contention.main(["--rows", "8", "--writers", "4", "--rounds", "1", "--json"])
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(report))
    # With so few requests the naive way may come through unharmed.
    found = {c["name"]: c["met"] for c in report["comparisons"] if "naive" not in c["name"]}
    assert all(found.values()), report


def test_people_at_once_find_all_that_they_were_promised(capsys, monkeypatch):
    requirements.need(bool(store.server()), "PostgreSQL with PostGIS (TEST_DATABASE_URL)")
    monkeypatch.setattr(
        load, "portal_run", lambda url, folder, name, _: in_a_thread(url, folder, name)
    )
    few = ["--rows", "60", "--holds", "1000", "--people", "2", "--rounds", "2", "--seconds", "1"]
    report = load.main([*few, "--json"])
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(report))
    assert len(report["comparisons"]) == 6
    assert all(c["met"] for c in report["comparisons"]), report["notes"]
