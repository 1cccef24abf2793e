"""The desk: what waits for the person who is signed in, and what they have under way; and find by anything."""

from flask import Blueprint, render_template, request

from portal.areas.queries import current_area
from portal.broker import finding, queries, today
from portal.lettings import queries as lettings
from portal.lettings import words
from portal.people import post
from portal.people.access import SIGNED_IN, allow, area_roles
from portal.people.queries import me
from portal.people.rules import Role
from portal.proposals.page import next_sentence
from portal.web import stripped

bp = Blueprint("broker", __name__)

# A desk is for what is to be done; all lets and cases have lists of their own.
MOST = 12
LONGEST = 100


@bp.get("/desk")
@allow(SIGNED_IN)
def desk():
    user, is_broker = me(), Role.BROKER in area_roles()
    cases = queries.cases_of(user)
    lets = [let for let in lettings.my_lets(user) if let.state in lettings.rules.LIVE]
    return render_template(
        "broker/desk.html",
        tasks=queries.waiting_for(user),
        today=today.of(user),
        cases=cases[:MOST],
        more_cases=len(cases) - MOST,
        lets=lets[:MOST],
        more_lets=len(lets) - MOST,
        term=lambda let: words.term(lettings.wish_of(let.need)),
        next_sentence=next_sentence,
        queues=[*(queries.queues(current_area()) if is_broker else []), *queries.undelivered()],
        is_broker=is_broker,
    )


@bp.get("/desk/unreached")
@allow(Role.BROKER)
def unreached():
    """Which groups get no letters, for the broker alone."""
    return render_template("broker/unreached.html", unreached=post.unreached())


@bp.get("/desk/find")
@allow(Role.BROKER)
def find():
    """By a number, a name, an address, a receipt or an e-mail."""
    text = stripped(request.args.get("q", ""))[:LONGEST]
    return render_template("broker/find.html", text=text, found=finding.find(text) if text else [])
