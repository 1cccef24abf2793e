"""Letters about a petition. A name is in none of them, and a subject line, read over shoulders, names no place."""

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.db import db
from portal.notices.service import write
from portal.people.queries import organiser_emails
from portal.petitions import queries
from portal.petitions.models import Petition, PetitionSignature
from portal.petitions.rules import LINK_LIVES, PAPER_LATER
from portal.web import day


def address(path: str) -> str:
    """A path of the portal as a whole address."""
    return f"{current_app.config['BASE_URL']}{path}"


def short_address(petition: Petition) -> str:
    """The petition's page in as few letters as can be, for a QR code and for typing."""
    return address(f"/p/{petition.proposal_id}")


def prefix_of(one: PetitionSignature) -> str:
    """How the keys of all letters about one signature begin."""
    return f"petition-signature:{one.id}:"


def of_signing(petition: Petition, one: PetitionSignature, token: str) -> None:
    """The link to confirm with; to somebody who has signed already, the link to take it back."""
    link = address(f"/petitions/{token}")
    title = petition.proposal.shown_title
    if one.confirmed_at is None:
        subject = _l("Confirm your signature")
        body = _l(
            "Somebody, probably you, signed a petition with this address: %(title)s.\n\n"
            "Open this link and press the button; until then the signature does not count:\n\n%(link)s\n\n"
            "The link is good for %(days)s days. By the same link you can take your signature back later. Your name and "
            "address are never shown.\nIf it was not you, do nothing: nothing is counted, and the address is deleted.",
            title=title,
            link=link,
            days=LINK_LIVES.days,
        )
    else:
        subject = _l("You have signed this petition already")
        body = _l(
            "Somebody, probably you, signed a petition with this address once more: %(title)s.\n\n"
            "Your signature counts already, and there is nothing to do. If you want to take it back, open this link:"
            "\n\n%(link)s\n\nIt stands in place of the link in an earlier letter.",
            title=title,
            link=link,
        )
    key = f"{prefix_of(one)}{one.written_at.isoformat()}"
    write(to=one.email, subject=subject, body=body, key=key)


def of_striking(one: PetitionSignature) -> None:
    """Who was struck out learns it, and can answer."""
    write(
        to=one.email,
        subject=_l("About your signature"),
        body=_l(
            "The petition “%(title)s” has two signatures of the same name from the same postcode. The broker looked at "
            "them and counts one of the two. If you are two people, write to the broker; the address is on this page:"
            "\n\n%(link)s",
            title=one.petition.proposal.shown_title,
            link=short_address(one.petition),
        ),
        key=f"{prefix_of(one)}struck",
    )


def of_closing(petition: Petition, *, on_its_day: bool) -> None:
    """The group hears how its petition ended."""
    body = LazyString(_of_closing, petition, on_its_day=on_its_day)
    for email in organiser_emails(petition.proposal.group_id):
        write(
            to=email,
            subject=_l("Your petition has closed"),
            body=body,
            key=f"petition-closed:{petition.id}:{email}",
        )


def _of_closing(petition: Petition, *, on_its_day: bool) -> str:
    parts = [
        _(
            "Your petition has closed: %(title)s. It has %(total)s of the %(needed)s signatures that it needs.",
            title=petition.proposal.shown_title,
            total=queries.tally(petition).total,
            needed=petition.needed,
        ),
        _what_it_means(petition, on_its_day=on_its_day),
        _("The petition: %(link)s", link=short_address(petition)),
    ]
    return "\n\n".join(parts)


def _what_it_means(petition: Petition, *, on_its_day: bool) -> str:
    if petition.reached_at:
        return _("That is enough.")
    if not on_its_day:
        return _("It closed before its last day, because the case has gone on or is over.")
    return _(
        "Sheets of paper that were handed in by its last day the broker can count until %(day)s. With too few "
        "signatures your case goes on all the same; the petition alone then opens no hearing.",
        day=day(petition.closes_on + PAPER_LATER),
    )


def of_hearing(petition: Petition) -> None:
    """Those who signed and asked to hear of it learn that a hearing is held."""
    query = select(PetitionSignature).where(
        *queries.valid(petition), PetitionSignature.wants_news.is_(True)
    )
    for one in db.session.scalars(query.order_by(PetitionSignature.id)):
        write(
            to=one.email,
            subject=_l("There will be a public hearing"),
            body=_l(
                "Enough people signed the petition that you signed too: %(title)s. A public hearing is held about it. Its "
                "day and place are on the case's page as soon as they are set:\n\n%(link)s\n\n"
                "You get this one letter because you asked for it when you signed.",
                title=petition.proposal.shown_title,
                link=address(f"/cases/{petition.proposal_id}"),
            ),
            key=f"{prefix_of(one)}hearing",
        )
