"""The newest places of a search as an Atom feed (RFC 4287)."""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import current_app
from flask_babel import gettext as _

from portal.areas.models import Area
from portal.register.models import Asset
from portal.register.words import KIND, address
from portal.states import state_words
from portal.watches.queries import News
from portal.watches.words import NEWS
from portal.web import stripped

ATOM = "http://www.w3.org/2005/Atom"
# RFC 4151: what a tag names was named by whoever held the host on that day.
SINCE = "2026-01-01"
NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # how old a feed is that nothing was ever in


def document(area: Area, title: str, query: str, told: list[tuple[News, Asset]], language: str) -> bytes:  # fmt: skip
    """The feed of a search with its newest places; `query` is the search's canonical address."""
    base = current_app.config["BASE_URL"]
    tail = f"?{query}" if query else ""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    say(feed, "id", f"{tag(base)}:assets{tail}")
    say(feed, "title", title)
    say(feed, "updated", moment(updated(told)))
    SubElement(
        feed,
        "link",
        {"rel": "self", "type": "application/atom+xml", "href": f"{base}/assets.atom{tail}"},
    )
    SubElement(
        feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{base}/assets{tail}"}
    )
    say(SubElement(feed, "author"), "name", f"{area.product_name}, {area.name}")
    for news, asset in told:
        _entry(feed, base, news, asset)
    return tostring(feed, encoding="utf-8", xml_declaration=True)


def updated(told: list[tuple[News, Asset]]) -> datetime:
    """When the feed last changed."""
    return max((news.at for news, _asset in told), default=NEVER)


def _entry(feed: Element, base: str, news: News, asset: Asset) -> None:
    """A place that becomes vacant again is another entry, so that a reader shows it again."""
    entry = SubElement(feed, "entry")
    say(entry, "id", f"{tag(base)}:assets/{asset.id}/{news.why}/{news.at:%Y%m%d%H%M%S}")
    say(entry, "title", asset.name)
    say(entry, "updated", moment(news.at))
    link = {"rel": "alternate", "type": "text/html", "href": f"{base}/assets/{asset.id}"}
    SubElement(entry, "link", link)
    SubElement(entry, "category", {"term": asset.kind.value, "label": str(KIND[asset.kind])})
    where = address(asset) or (asset.ward.name if asset.ward else _("Place not known yet"))
    stands = state_words(asset.status.value)[0]
    say(entry, "summary", f"{NEWS[news.why]}. {KIND[asset.kind]}, {stands}. {where}.")


def say(parent: Element, name: str, text: str) -> None:
    """An element with a text that any reader of XML can read."""
    SubElement(parent, name).text = str(stripped(text))


def tag(base: str) -> str:
    """What the ids of this portal's feeds begin with."""
    return f"tag:{urlsplit(base).hostname or 'localhost'},{SINCE}"


def moment(at: datetime) -> str:
    """An instant as feeds write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
