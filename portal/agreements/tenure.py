"""Whether security of tenure has still to be contracted out of an edition, and from which day it may be signed."""

from datetime import date

from portal.agreements import rules, terms
from portal.agreements.models import Agreement
from portal.areas.models import Area
from portal.db import db
from portal.proposals.models import Proposal


def is_missing(case: Proposal, agreement: Agreement) -> bool:
    """Whether it is needed and not on record."""
    return agreement.contracting_out is None and is_needed(case, agreement)


def is_needed(case: Proposal, agreement: Agreement) -> bool:
    """Whether the law of the place's nation asks for it."""
    nation = db.session.get_one(Area, case.asset.area_id).nation
    return rules.needs_contracting_out(
        agreement.form,
        agreement.term_months,
        nation,
        occupied_months=occupied_months(agreement),
    )


def occupied_months(agreement: Agreement) -> int:
    """How many whole months the group will have been there when an edition begins."""
    begun = [one for one in terms.every(agreement.proposal_id) if one.begun_on]
    if not begun or begun[-1].edition == agreement.edition:
        return 0
    first, starts = begun[-1].starts_on, agreement.starts_on
    return (starts.year - first.year) * 12 + starts.month - first.month - (starts.day < first.day)


def sign_from(agreement: Agreement) -> date | None:
    """The first day on which it may be signed, where a warning notice is on record."""
    record = agreement.contracting_out
    if record is None:
        return None
    return rules.first_signing_day(record.route, record.notice_on, record.declared_on)
