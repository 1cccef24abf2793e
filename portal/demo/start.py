"""Serve the demonstration and say who one can be."""

import logging
import socket
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import click
from werkzeug.serving import make_server

from portal.demo import build, cast
from portal.errors import BadInput
from portal.people.service import make_link

HOST = "127.0.0.1"
LINK_LIVES = timedelta(days=1)
TICK_EVERY = 60  # seconds


def run(area, files, *, port, fresh, no_serve):
    """The whole of `portal demo`. `files`: by name, those of a real area that were given."""
    taken = None if no_serve else listen(port)
    slug, found = build.files_of(area, **files)
    app = build.application(slug, found, f"http://{HOST}:{port}", fresh=fresh)
    if taken is None:
        click.echo(f"The database is {app.config['DATABASE_URL']}.")
        return
    click.echo(welcome(app))
    serve(app, taken)


def listen(port):
    """Take the port before the work begins, so that a taken one is told at once."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen(128)
    except (OSError, OverflowError):
        taken.close()
        raise BadInput(
            "port-taken",
            "Port %(port)s cannot be used here; something else may be using it. "
            "Choose another: script/demo --port 8123",
            port=port,
        ) from None
    return taken


def welcome(app):
    """Where it is, and one sign-in link for each role."""
    base = app.config["BASE_URL"]
    lines = [
        "",
        f"The portal is at {base}. It is for this machine only; Ctrl-C stops it.",
        f"Letters are not sent; read them at {base}/letters.",
        "",
        "Be somebody (each link signs in once, within a day):",
        *(f"  {role:<14} {who:<50} {link}" for role, who, link in links(app)),
        "",
    ]
    return "\n".join(lines)


def links(app):
    """(role, who, link) for each role there is."""
    with app.app_context():
        for role, person, note in cast.roles():
            yield role, f"{person.name}, {note}", make_link(person.email, lives=LINK_LIVES)


def serve(app, taken):
    """Serve until Ctrl-C."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each request says nothing
    server = make_server(HOST, 0, app, threaded=True, fd=taken.fileno())
    with ticking(app):
        server.serve_forever()  # until Ctrl-C, which it takes itself
    taken.close()
    click.echo("\nStopped. What you did is kept; start again to go on.")


@contextmanager
def ticking(app, every=TICK_EVERY):
    """Meanwhile do what falls due, as a timer does in earnest, so that deadlines happen while one looks."""
    ended = Event()

    def keep():
        while not ended.wait(every):
            _tick(app)

    keeper = Thread(target=keep, name="ticker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def _tick(app):
    with app.app_context():
        try:
            build.tick()
        except Exception:  # what fails once must not stop the clock
            app.logger.exception("tick")
