"""What a petition's pages show, put together for their templates; no rules here."""

from decimal import Decimal
from typing import NamedTuple

from flask import render_template
from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from portal import clock
from portal.areas.queries import current_area
from portal.areas.rules import postcode_shown
from portal.people.models import User
from portal.people.rules import Role
from portal.petitions import knowing, letters, queries
from portal.petitions.models import Petition
from portal.petitions.rules import KEPT_MONTHS, Count, Tally, Where
from portal.proposals.acts import signed_in
from portal.proposals.doors import part
from portal.proposals.models import Proposal
from portal.proposals.page import group_name
from portal.proposals.queries import is_insider
from portal.proposals.standing import profile_of, roles_of
from portal.web import day


def about(petition: Petition) -> dict[str, object]:
    """Everything about a petition that anybody may see."""
    case, tally = petition.proposal, queries.tally(petition)
    insider = is_insider(case, signed_in(current_user))
    return {
        "petition": petition,
        "case": case,
        "name": group_name(case, insider=insider),
        "tally": tally,
        "progress": progress(petition, tally),
        "open": knowing.can_be_signed(petition),
        "stands": stands(petition),
        "counted": how_many(Count(**petition.counted), case),
        "who": who_counts(petition),
        "short": letters.short_address(petition),
        "kept_months": KEPT_MONTHS,
        "calls": knowing.opens_a_hearing(case),
        "shown_postcode": postcode_shown,
    }


class Progress(NamedTuple):
    """How far a petition is: a sentence, and where a bar ends."""

    sentence: str
    value: int
    most: int


def progress(petition: Petition, tally: Tally) -> Progress:
    """So many of so many."""
    sentence = _(
        "%(total)s of %(needed)s signatures",
        total=format_decimal(tally.total),
        needed=format_decimal(petition.needed),
    )
    return Progress(sentence, min(tally.total, petition.needed), petition.needed)


def stands(petition: Petition) -> str:
    """What became of it, or until when it can be signed."""
    told = []
    if petition.reached_at:
        reached = petition.reached_at.astimezone(clock.LONDON).date()
        told.append(_("Enough people had signed on %(day)s.", day=day(reached)))
        told.append(_hearing(petition.proposal))
    elif petition.proposal.hearing_opened_on:
        told.append(_hearing(petition.proposal))
        told.append(_("Signatures show how many care about it."))
    if knowing.can_be_signed(petition):
        told.append(_("It can be signed until the end of %(day)s.", day=day(petition.closes_on)))
    elif clock.today() > petition.closes_on:
        told.append(_("It closed at the end of %(day)s.", day=day(petition.closes_on)))
    else:
        told.append(_("It cannot be signed now: the case has gone on."))
    return " ".join(part for part in told if part)


def _hearing(case: Proposal) -> str:
    if case.hearing_opened_on:
        return _("A public hearing was opened on %(day)s.", day=day(case.hearing_opened_on))
    if knowing.CALLS not in profile_of(case).hearing_for:
        return ""
    return _("A public hearing opens as soon as the proposal is published.")


def who_counts(petition: Petition) -> str:
    """Whose signatures count."""
    if petition.eligible is Where.ANYWHERE:
        return _("Everybody's signature counts, wherever they live.")
    place = petition.ward.name if petition.ward else current_area().name
    return _(
        "Signatures of people who live or work in %(place)s count. Others are welcome and are shown apart.",
        place=place,
    )


def how_many(count: Count, case: Proposal) -> list[str]:
    """How the number that is needed came about, in sentences to unfold."""
    clause = profile_of(case).clauses[count.clause]
    told = [
        _(
            "Clause %(number)s, %(title)s: %(text)s",
            number=clause.number,
            title=_(clause.title),
            text=_(clause.text),
        )
    ]
    if count.count is not None:
        told.append(_("The fixed number is %(count)s.", count=format_decimal(count.count)))
    if count.share is not None:
        share = format_percent(Decimal(count.share), "#,##0.##%")
        told.append(_shared(count, share))
    if count.count is not None and count.shared is not None:
        told.append(
            _("The smaller of the two holds: %(needed)s.", needed=format_decimal(count.needed))
        )
    told.append(_("It was counted when the petition opened and does not change any more."))
    return told


def _shared(count: Count, share: str) -> str:
    if count.shared is None:
        return _(
            "The rules also name a share of the residents, %(share)s. How many people live in %(place)s is not on record, "
            "so the fixed number holds.",
            share=share,
            place=count.place,
        )
    return _(
        "The share is %(share)s of the %(residents)s people who live in %(place)s (%(source)s): %(shared)s, rounded up.",
        share=share,
        residents=format_decimal(count.residents),
        place=count.place,
        source=count.source or _("source not on record"),
        shared=format_decimal(count.shared),
    )


@part
def on_case(case: Proposal, user: User | None) -> Markup | None:
    """On a case's page: how far its petition is, and where to sign."""
    petition = queries.petition_of(case.id)
    if petition is None:
        return None
    broker = user is not None and Role.BROKER in roles_of(case, user)
    looks = len(queries.doubles(petition)) if broker else 0
    shown = render_template("petitions/_part.html", looks=looks, broker=broker, **about(petition))
    return Markup(shown)  # noqa: S704 - a template of ours
