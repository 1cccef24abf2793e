"""What the pages of an agreement show, put together for their templates; no rules here."""

from datetime import date

from flask import render_template
from markupsafe import Markup

from portal.agreements import (
    cards,
    deposits,
    knowing,
    papers,
    photos,
    service,
    tenure,
    terms,
    words,
)
from portal.agreements.models import Agreement, Condition
from portal.agreements.rules import SIDES, TERMS, Moment
from portal.db import db
from portal.errors import RuleBroken
from portal.money import govuk_pay
from portal.money import queries as money
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import queries
from portal.proposals.doors import part
from portal.proposals.models import CaseFile, Proposal
from portal.proposals.rules import Action
from portal.proposals.standing import roles_of


def helpers() -> dict[str, object]:
    """What every template of agreements uses."""
    return {
        "form_means": words.FORM_MEANS,
        "form_names": words.FORMS,
        "models": words.MODELS,
        "say": words.say,
        "side_names": words.SIDES,
        "sides": SIDES,
        "signed_for": words.SIGNED_FOR,
        "term_name": words.term_name,
        "until_signed": words.UNTIL_SIGNED,
    }


@part
def of_case(case: Proposal, user: User | None) -> Markup | None:
    """On the case's page: what is agreed for how long, who has signed, and for the sides the way to the rest."""
    agreement = terms.current(case.id) or terms.in_force(case.id)
    if agreement is None:
        return None
    shown = summary(case, agreement, user)
    return Markup(render_template("agreements/_part.html", **shown))  # noqa: S704 - a template of ours


def summary(case: Proposal, agreement: Agreement, user: User | None) -> dict[str, object]:
    """What anybody may read of an edition."""
    there = terms.now_of(agreement)
    values = terms.values_of(agreement)
    return {
        "case": case,
        "agreement": agreement,
        "insider": queries.is_insider(case, user),
        "public_terms": [
            (key, values[key]) for key, term in TERMS.items() if term.public and values[key]
        ],
        "agreed": sum(1 for now in there.values() if not now.open_for),
        "number": len(there),
        "in_force": terms.in_force(case.id),
        "sign_from": tenure.sign_from(agreement),
        **helpers(),
    }


def terms_page(case: Proposal, agreement: Agreement, user: User) -> dict[str, object]:
    """Everything about an edition, for the two sides and the broker."""
    actions = queries.can_do(case, user)
    there = terms.now_of(agreement)
    return summary(case, agreement, user) | {
        "nows": list(there.values()),
        "waits": {side: [now for now in there.values() if side in now.open_for] for side in SIDES},
        "my_side": knowing.side_of(case, user),
        "may_change": Action.CHANGE_TERMS in actions,
        "may_accept": Action.ACCEPT_TERMS in actions,
        "editions": terms.every(case.id),
        "contracting_out_missing": tenure.is_missing(case, agreement),
        "claim": deposits.claim_of(case.id),
        "deposit_held": deposits.held(case.id),
        "photos_now": photos.moment_of(case),
        **money_of(case, user),
        **conditions(case),
    }


def money_of(case: Proposal, user: User) -> dict[str, object]:
    """What the group and the broker read of the deposit: what is due, how to pay it, receipts."""
    if not roles_of(case, user) & {Role.ORGANISER, Role.BROKER}:
        return {"deposit_due": None, "by_card": False, "receipts": []}
    return {
        "deposit_due": cards.due(case),
        "by_card": govuk_pay.is_on() and cards.may_pay(case, user),
        "receipts": money.receipts_of(cards.path(case)),
    }


def conditions(case: Proposal) -> dict[str, object]:
    """How the place was at the start and at the end, with the photos of both."""
    return {
        "before": db.session.get(Condition, (case.id, Moment.BEFORE)),
        "after": db.session.get(Condition, (case.id, Moment.AFTER)),
        "photos_before": photos.of(case, Moment.BEFORE),
        "photos_after": photos.of(case, Moment.AFTER),
    }


def deposit_page(case: Proposal) -> dict[str, object]:
    """What a page about the deposit shows beside its form."""
    agreement = terms.current(case.id)
    claim = deposits.claim_of(case.id)
    return {
        "due": agreement.deposit if agreement and deposits.is_open(agreement) else None,
        "held": deposits.held(case.id),
        "claim": claim,
        "claim_ends": knowing.claim_ends(case, claim.asked_on) if claim else None,
        **conditions(case),
    }


def file_url(case: Proposal, file: CaseFile) -> str:
    """Where a file of a case is shown."""
    return f"/cases/{case.id}/files/{file.id}"


def paper_text(case: Proposal) -> dict[str, object] | None:
    """The text of the paper that is signed, to read on the page; None while there is no paper."""
    agreement = terms.current(case.id)
    paper = agreement.paper if agreement else None
    if paper is None:
        return None
    if paper.mime == papers.PDF:
        return papers.content(case, agreement)
    return {"title": "", "opening": [paper.data.decode("utf-8")], "clauses": []}


def lawful_notice(case: Proposal, user: User) -> tuple[date, date, date] | None:
    """(first day, last day) that a notice can name today, and the day on which it ends anyway; None for none."""
    agreement, side = terms.in_force(case.id), knowing.side_of(case, user)
    if agreement is None or side is None:
        return None
    try:
        return (*service.notice_days(agreement, side), agreement.ends_on)
    except RuleBroken:
        return None
