"""The desk: what waits for the person who is signed in, and what they have under way."""

from flask import Blueprint, render_template

from portal.areas.queries import current_area
from portal.broker import queries
from portal.lettings import queries as lettings
from portal.lettings import words
from portal.people.access import SIGNED_IN, allow, area_roles
from portal.people.queries import me
from portal.people.rules import Role
from portal.proposals.page import next_sentence

bp = Blueprint("broker", __name__)


@bp.get("/desk")
@allow(SIGNED_IN)
def desk():
    user = me()
    return render_template(
        "broker/desk.html",
        tasks=queries.waiting_for(user),
        cases=queries.cases_of(user),
        lets=[let for let in lettings.my_lets(user) if let.state in lettings.rules.LIVE],
        term=lambda let: words.term(lettings.wish_of(let.need)),
        next_sentence=next_sentence,
        queues=queries.of_the_register(current_area()) if Role.BROKER in area_roles() else [],
    )
