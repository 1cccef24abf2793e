"""A letter as it travels: its name, its message with plain text and HTML, and who it comes from."""

import hashlib
import hmac
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from portal import clock
from portal.areas.models import Area
from portal.config import FIRST_LANGUAGE
from portal.notices.layout import blocks
from portal.notices.models import Letter

COLOUR = "#1d5c4d"
# Mail programs read no stylesheet, so each element carries its own.
FONT = "font-family:Arial,Helvetica,sans-serif;font-size:17px;line-height:1.5;color:#0b0c0c"
LOOK = {
    name: Markup(f'style="{css}"')  # noqa: S704 - written here
    for name, css in {
        "body": "margin:0;padding:0;background:#ffffff",
        "page": f"max-width:600px;margin:0 auto;padding:16px;{FONT};overflow-wrap:break-word;word-wrap:break-word",
        "head": "margin:0 0 24px;padding:0 0 12px;border-bottom:4px solid %s;font-size:19px;font-weight:bold",
        "paragraph": "margin:0 0 18px",
        "heading": "margin:24px 0 10px;font-size:19px;line-height:1.3",
        "list": "margin:0 0 18px;padding:0 0 0 24px",
        "item": "margin:0 0 8px",
        "link": "color:#1a5fa0;text-decoration:underline",
    }.items()
}


class Item(NamedTuple):
    """What a carrier needs to know of a letter, held while no transaction is open."""

    id: int
    name: str  # one for ever: a second try has the same, so that it can be recognised
    to: str
    subject: str
    body: str
    language: str
    leave_url: str | None
    tries: int
    sender: str  # the portal's own name in this area
    area: str
    colour: str
    reply_to: str | None


def item(letter: Letter, area: Area | None) -> Item:
    """A letter on its way out."""
    return Item(
        letter.id,
        name_of(letter),
        letter.to,
        letter.subject,
        letter.body,
        letter.language or FIRST_LANGUAGE,
        letter.leave_url,
        letter.tries,
        area.product_name if area else "Meanwhile",
        area.name if area else "",
        area.colour if area else COLOUR,
        area.contact_email if area else None,
    )


def name_of(letter: Letter) -> str:
    """Its number, and what only we can make of it: whoever names a letter has seen it, and numbers are used again."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    about = f"letter:{letter.id}:{letter.key}:{letter.written_at.isoformat()}"
    return f"{letter.id}-{hmac.new(secret, about.encode(), hashlib.sha256).hexdigest()[:20]}"


def message(one: Item) -> EmailMessage:
    """The e-mail: plain text, and the same as HTML. Raises ValueError where its address is none."""
    name, address = parseaddr(str(current_app.config["MAIL_FROM"]))
    made = EmailMessage()
    made["From"] = Address(name or one.sender, addr_spec=address)
    made["To"] = Address(addr_spec=on_the_wire(one.to))
    made["Subject"] = one.subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{one.name}@{domain()}>"
    made["Auto-Submitted"] = "auto-generated"
    if one.reply_to:
        made["Reply-To"] = Address(addr_spec=on_the_wire(one.reply_to))
    if one.leave_url:
        made["List-Unsubscribe"] = f"<{one.leave_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(one.body)
    made.add_alternative(as_html(one), subtype="html")
    made["Content-Language"] = one.language
    return made


def as_html(one: Item) -> str:
    """The letter's text with its headings, lists and links; no pictures, nothing that tells whether it was read."""
    # Not by render_template: what pages know of their visitor has no place here.
    template = current_app.jinja_env.get_template("notices/letter.html")
    base = str(current_app.config["BASE_URL"])
    head = Markup(str(LOOK["head"]) % one.colour)  # noqa: S704 - a checked colour
    with force_locale(one.language):
        return template.render(
            letter=one, blocks=blocks(one.body, base), look=LOOK | {"head": head}
        )


def domain() -> str:
    """The domain that letters come from."""
    return parseaddr(str(current_app.config["MAIL_FROM"]))[1].rpartition("@")[2] or "localhost"


def return_path(one: Item) -> str:
    """Where a letter comes back to: with its name in it, where the settings name an address for that."""
    bounces = parseaddr(str(current_app.config["MAIL_BOUNCES"]))[1]
    if not bounces:
        return parseaddr(str(current_app.config["MAIL_FROM"]))[1]
    local, _at, host = bounces.rpartition("@")
    return f"{local}+{one.name}@{host}"


def on_the_wire(address: str) -> str:
    """An address whose domain has letters of another alphabet, as mail servers have it. Raises ValueError."""
    local, _at, host = address.strip().rpartition("@")
    if not local or any(c.isspace() for c in address):
        raise ValueError("not an address")
    return f"{local}@{host.encode('idna').decode()}" if not host.isascii() else f"{local}@{host}"
