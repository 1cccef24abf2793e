"""The first page, how it works, the area's colour, whether the portal is well, and a demonstration's letters."""

from datetime import date

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.areas.queries import controller, current_area
from portal.config import LANGUAGES
from portal.db import db
from portal.home.queries import figures_of
from portal.notices.models import Letter
from portal.people import post
from portal.people.access import PUBLIC, allow
from portal.people.views import local
from portal.web import DOORS

bp = Blueprint("home", __name__)
YEAR = 365 * 24 * 60 * 60  # seconds
# When the accessibility statement was written, and last held against the pages.
PREPARED, REVIEWED = date(2026, 11, 21), date(2026, 11, 21)


@bp.get("/")
@allow(PUBLIC)
def first_page():
    figures = figures_of(current_area())
    return render_template("home/first_page.html", doors=DOORS, figures_now=figures)


@bp.get("/how-it-works")
@allow(PUBLIC)
def how_it_works():
    return render_template("home/how_it_works.html")


@bp.get("/accessibility")
@allow(PUBLIC)
def accessibility():
    return render_template(
        "home/accessibility.html",
        prepared=PREPARED,
        reviewed=REVIEWED,
        body=controller().name,
        address=current_app.config["BASE_URL"],
    )


@bp.get("/language/<code>")
@allow(PUBLIC)
def language(code: str):
    """Remember a language for a year and go back to the page; a cookie of its own, for people without a session. Letters
    to who is signed in are in it too.
    """
    if code not in LANGUAGES:
        abort(404)
    if current_user.is_authenticated:
        post.reads(current_user.email, code)
    answer = redirect(local(request.args.get("next"), url_for("home.first_page")))
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie("language", code, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/area.css")
@allow(PUBLIC)
def area_css():
    """The area's one colour; a file, because no page may carry inline style."""
    css = f":root {{ --area-colour: {current_area().colour}; }}\n"
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=300"})


@bp.get("/static/<make>/<path:filename>")
@allow(PUBLIC)
def other_make(make: str, filename: str):  # noqa: ARG001
    """A style or script of another make: while machines are updated one after the other, ours has to do."""
    return current_app.send_static_file(filename)


@bp.get("/healthz")
@allow(PUBLIC)
def healthz():
    """Whether the database answers; for whoever watches the machine."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(database="away"), 503
    return jsonify(database="answers")


@bp.get("/ping")
@allow(PUBLIC)
def ping():
    """Whether this process answers, whatever the database does: the emptiest route there is."""
    return Response("pong", mimetype="text/plain")


@bp.get("/letters")
@allow(PUBLIC)
def letters():
    """The letters of a demonstration, shown instead of sent."""
    if not current_app.config["DEMO"]:
        abort(404)
    found = db.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(50)).all()
    return render_template("home/letters.html", letters=found)
