"""What other programs can read: a page for people, and the same as an OpenAPI document."""

from flask import Blueprint, current_app, jsonify, render_template

from portal.areas.queries import current_area
from portal.developers.document import LICENCE, document, path_of
from portal.developers.operations import OPERATIONS
from portal.people.access import PUBLIC, allow

bp = Blueprint("developers", __name__)


@bp.get("/openapi.json")
@allow(PUBLIC)
def openapi():
    answer = jsonify(document(current_area()))
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


@bp.get("/developers")
@allow(PUBLIC)
def developers():
    return render_template(
        "developers/developers.html",
        addresses=[(path_of(name), one) for name, one in OPERATIONS.items() if not one.signed_in],
        base=current_app.config["BASE_URL"],
        licence=LICENCE,
    )
