"""The letter of each step, for everybody who may read the case."""

from flask import Blueprint, Response, request
from flask_login import current_user

from portal.letters import queries, sheet
from portal.limits import limited
from portal.people.access import PUBLIC, allow
from portal.proposals import queries as cases
from portal.proposals.acts import signed_in

bp = Blueprint("letters", __name__)
bp.add_app_template_global(queries.letters_of, "letters_of")


@bp.get("/cases/<int:case_id>/letters/<int:event_id>.pdf")
@limited("paper")
@allow(PUBLIC)
def letter(case_id: int, event_id: int):
    """A letter as a PDF; public as the case is."""
    case = cases.case_for(case_id, signed_in(current_user))
    event, kept = queries.letter_of(case, event_id)
    answer = Response(sheet.pdf(event, kept), mimetype="application/pdf")
    name = f"case-{case.id}-letter-{event.id}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    # The letter never changes; who may read it can.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
