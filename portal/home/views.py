"""The first page, how it works, the area's colour, whether the portal is well, and a demonstration's letters."""

from flask import Blueprint, Response, abort, current_app, jsonify, render_template
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.areas.queries import current_area
from portal.db import db
from portal.home.queries import figures_of
from portal.notices.models import Letter
from portal.people.access import PUBLIC, allow
from portal.web import DOORS

bp = Blueprint("home", __name__)


@bp.get("/")
@allow(PUBLIC)
def first_page():
    figures = figures_of(current_area())
    return render_template("home/first_page.html", doors=DOORS, figures_now=figures)


@bp.get("/how-it-works")
@allow(PUBLIC)
def how_it_works():
    return render_template("home/how_it_works.html")


@bp.get("/area.css")
@allow(PUBLIC)
def area_css():
    """The area's one colour; a file, because no page may carry inline style."""
    css = f":root {{ --area-colour: {current_area().colour}; }}\n"
    return Response(css, mimetype="text/css", headers={"Cache-Control": "public, max-age=300"})


@bp.get("/healthz")
@allow(PUBLIC)
def healthz():
    """Whether the database answers; for whoever watches the machine."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(database="away"), 503
    return jsonify(database="answers")


@bp.get("/letters")
@allow(PUBLIC)
def letters():
    """The letters of a demonstration, shown instead of sent."""
    if not current_app.config["DEMO"]:
        abort(404)
    found = db.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(50)).all()
    return render_template("home/letters.html", letters=found)
