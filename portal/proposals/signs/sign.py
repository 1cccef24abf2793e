"""The sign on the site: its short address, and its words in the languages of the area."""

import secrets
from typing import NamedTuple

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.areas import calendar
from portal.areas.calendar import Counted
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.areas.rules import Nation
from portal.config import FIRST_LANGUAGE
from portal.db import db, transaction
from portal.documents import drawings, make
from portal.documents.shapes import Fact, Sign, SignBlock
from portal.errors import NotFound
from portal.people.rules import Role
from portal.proposals.conditions import applies
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from portal.proposals.rules import OVER, Action, State, open_to
from portal.proposals.standing import profile_of
from portal.register.models import Asset
from portal.web import day

# What cannot be taken for one another on a wet sheet: no 0 and o, no 1, i and l, no 2 and z, no 5 and s.
LETTERS = "346789abcdefghjkmnpqrtuvwxy"
LENGTH = 8
LANGUAGES = {Nation.WALES: ("en", "cy")}
# The longest text that is read from two metres.
MOST_WORDS = 300
GLANCE = 140  # and what a phone shows of it


# ---- the short address


def token_of(case_id: int) -> str:
    """The sign's own word in its address: made once, in a transaction, however many ask at the same time."""
    there = db.session.scalar(select(Proposal.sign_token).where(Proposal.id == case_id))
    if there:
        return there
    with transaction() as session:
        case = session.get_one(Proposal, case_id, with_for_update=True)
        while case.sign_token is None:
            token = "".join(secrets.choice(LETTERS) for _number in range(LENGTH))
            taken = session.scalar(select(Proposal.id).where(Proposal.sign_token == token))
            case.sign_token = token if taken is None else None
        return case.sign_token


def short_address(token: str) -> str:
    """What stands on the sign and in its QR code."""
    return f"{current_app.config['BASE_URL']}/s/{token}"


def case_of(typed: str) -> Proposal:
    """The case whose sign has this word, however it was typed: capitals, blanks and hyphens make no difference."""
    token = "".join(letter for letter in typed.lower() if letter.isalnum())
    query = (
        select(Proposal)
        .join(Asset)
        .where(Proposal.sign_token == token, Asset.area_id == current_area().id)
    )
    case = db.session.scalar(query) if len(token) == LENGTH else None
    if case is None:
        raise NotFound("no-sign", "There is no sign with this word.")
    return case


# ---- the sheet


def pdf(case: Proposal, *, preview: bool) -> bytes:
    """The sign as a tagged PDF of one A4 page, as the case stands now."""
    return make.pdf("sign", sheet(case, preview=preview), lang=FIRST_LANGUAGE, made=clock.now())


def sheet(case: Proposal, *, preview: bool = False) -> Sign:
    """What stands on it. A private group is not named, whoever makes the sheet: it hangs in the street."""
    area = db.session.get_one(Area, case.asset.area_id)
    address = short_address(token_of(case.id))
    with force_locale(FIRST_LANGUAGE):
        made: Sign = {
            "title": _("Site sign: %(place)s", place=case.asset.name),
            "area": area.name,
            "product": area.product_name,
            "colour": area.colour,
            "blocks": [],
            "qr": drawings.qr(address, _("QR code that leads to the page of this sign")),
            "short": address.partition("://")[2],
            "small": small(case),
        }
    if area.mark:
        made["mark"] = drawings.mark(area.mark)
    for language in LANGUAGES.get(area.nation, (FIRST_LANGUAGE,)):
        with force_locale(language):
            made["blocks"].append(block(case, language, preview=preview))
    return made


def block(case: Proposal, language: str, *, preview: bool) -> SignBlock:
    """The words in the language that is set now."""
    return {
        "lang": language,
        "kicker": _("Preview: not published yet. Do not put it up.") if preview else kicker(case),
        "headline": case.shown_title,
        "words": [who(case), shortened(case.use or "")],
        "facts": facts(case),
        "scan": _("Say what you think. Scan the code, or go to"),
    }


def kicker(case: Proposal) -> str:
    """What kind of notice it is, from where the case stands."""
    if case.state in OVER:
        return _("This proposal is over")
    if not case.published_on:
        return _("Public notice: a group intends to ask for this place")
    if case.state is State.IN_USE:
        return _("Public notice: a community group uses this place")
    return _("Public notice: a group asks for this place")


def who(case: Proposal) -> str:
    """Who asks for what."""
    name = _("A community group") if case.group.private else case.group.name
    if case.published_on:
        return _("%(group)s asks to use %(place)s.", group=name, place=case.asset.name)
    return _(
        "%(group)s intends to ask for the use of %(place)s.", group=name, place=case.asset.name
    )


def shortened(text: str, most: int = MOST_WORDS) -> str:
    """As much of a text as is read while standing, cut between words."""
    told = " ".join(text.split())
    if len(told) <= most:
        return told
    return told[:most].rpartition(" ")[0].rstrip(" ,;:") + " …"


def facts(case: Proposal) -> list[Fact]:
    """The place, and until when one can speak."""
    return [(_("Held by"), case.asset.holder.name), (_("Speak"), until_when(case))]


def until_when(case: Proposal) -> str:
    """Until when anybody can speak; what comes before and after."""
    last = case.due.get("representations")
    if case.state in OVER:
        return _("This is over.")
    if last is None:
        return _("As soon as it is published")
    if speaks(case):
        return _("until %(day)s", day=day(last))
    return _("The time ended on %(day)s.", day=day(last))


def speaks(case: Proposal) -> bool:
    """Whether anybody can speak today."""
    last = case.due.get("representations")
    return case.state is State.ON_NOTICE and last is not None and clock.today() <= last


def small(case: Proposal) -> list[str]:
    """The day this sheet was made, and how long it has to stay."""
    lines = [
        _(
            "Case %(number)s. This sheet was made on %(day)s.",
            number=case.id,
            day=day(clock.today()),
        )
    ]
    if (wanted := stay(case)) is not None:
        lines.append(_("It stays up for at least %(number)s days.", number=wanted.days))
    return lines


# ---- how long it stays


class Stay(NamedTuple):
    """How long the sign has to stay: so many days, counted from the day that a photo shows it (None: none does yet)."""

    days: int
    counted: Counted | None
    over: bool


def stay(case: Proposal) -> Stay | None:
    """None where the rules ask for no sign. The day it went up is not one of the days."""
    if not applies(case, "site_sign"):
        return None
    number = profile_of(case).blocks["site_sign"].number
    if case.sign_shown_on is None:
        return Stay(number, None, over=False)
    counted = calendar.days(number, case.sign_shown_on)
    return Stay(number, counted, clock.today() > counted.due)


# ---- what can be done in the street


class Way(NamedTuple):
    """A button: words and address."""

    words: str
    url: str


def ways(case: Proposal) -> list[Way]:
    """What anybody can do about the case now, as the table says."""
    known = facts_of(case, None)
    now = set(open_to(case.state, {Role.RESIDENT}, known))
    here = f"/cases/{case.id}"
    found = []
    if Action.REPRESENT in now:
        found += [
            Way(_("I am for it"), f"{here}/represent?stance=for"),
            Way(_("I am against it"), f"{here}/represent?stance=against"),
        ]
    if Action.SIGN_PETITION in now:
        found.append(Way(_("Sign the petition"), f"{here}/petition"))
    if known.hearing_set and not known.heard and case.state not in OVER:
        found.append(Way(_("The public hearing: come, or ask to speak"), f"{here}/hearing"))
    return found
