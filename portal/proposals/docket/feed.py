"""The newest steps of the cases of a search as an Atom feed (RFC 4287)."""

from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.areas.models import Area
from portal.db import db
from portal.proposals.docket import search as register
from portal.proposals.docket.search import Search
from portal.proposals.models import CaseEvent, Proposal
from portal.states import state_words
from portal.watches.feed import ATOM, NEVER, moment, say, tag

IN_FEED = 50


def newest(search: Search) -> list[tuple[CaseEvent, Proposal]]:
    """The last steps of the cases that fit, the newest first. What was before anybody could read of it is left out."""
    query = (
        select(CaseEvent, Proposal)
        .join(Proposal, Proposal.id == CaseEvent.proposal_id)
        .where(Proposal.id.in_(register.ids_of(search)), CaseEvent.on >= register.SINCE)
        .order_by(CaseEvent.id.desc())
        .limit(IN_FEED)
        .options(joinedload(Proposal.asset))
    )
    return [(event, case) for event, case in db.session.execute(query)]


def updated(steps: list[tuple[CaseEvent, Proposal]]) -> datetime:
    """When the feed last changed."""
    return max((event.at for event, _case in steps), default=NEVER)


def document(
    area: Area, query: str, steps: list[tuple[CaseEvent, Proposal]], language: str
) -> bytes:
    """The feed; `query` is the search's canonical address."""
    base = current_app.config["BASE_URL"]
    tail = f"?{query}" if query else ""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    say(feed, "id", f"{tag(base)}:cases{tail}")
    say(feed, "title", f"{area.product_name} · {_('Cases')}")
    say(feed, "updated", moment(updated(steps)))
    SubElement(
        feed,
        "link",
        {"rel": "self", "type": "application/atom+xml", "href": f"{base}/cases.atom{tail}"},
    )
    SubElement(
        feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{base}/cases{tail}"}
    )
    say(SubElement(feed, "author"), "name", f"{area.product_name}, {area.name}")
    for event, case in steps:
        _entry(feed, base, event, case)
    return tostring(feed, encoding="utf-8", xml_declaration=True)


def _entry(feed: Element, base: str, event: CaseEvent, case: Proposal) -> None:
    entry = SubElement(feed, "entry")
    say(entry, "id", f"{tag(base)}:cases/{case.id}/steps/{event.id}")
    say(entry, "title", f"{case.shown_title}: {_(event.sentence)}")
    say(entry, "updated", moment(event.at))
    link = {"rel": "alternate", "type": "text/html", "href": f"{base}/cases/{case.id}#history"}
    SubElement(entry, "link", link)
    stands = state_words(event.to_state.value)[0]
    say(entry, "summary", f"{case.asset.name}. {stands}. {event.why}".strip())
