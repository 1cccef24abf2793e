"""What an agreement tells the table of steps about its case."""

from portal import clock
from portal.agreements import deposits, rules, tenure, terms
from portal.agreements.models import Agreement
from portal.areas.calendar import working_day
from portal.areas.models import Area
from portal.db import db
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals.doors import known
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.proposals.standing import roles_of

# Before these no agreement is asked for: the question would cost every case a trip to the database.
LATE = frozenset({State.AGREEMENT, State.IN_USE, State.ENDED, State.LAPSED})


@known(
    "signed", "text_hash", "terms_agreed", "terms_open_to_me", "contracting_out_missing", "sign_from",
    "deposit_open", "deposit_held", "deposit_claimed", "claim_waits", "claim_unanswered",
    "renewing", "used_until", "notice_given", "notice_from",
)  # fmt: skip
def of_agreement(case: Proposal, user: User | None) -> dict[str, object]:
    """Facts of the current edition, of the deposit, and of the notice."""
    agreement = terms.current(case.id) if case.state in LATE else None
    if agreement is None:
        return {}
    side = side_of(case, user)
    claim = deposits.claim_of(case.id)
    return {
        "signed": agreement.signed_by,
        "text_hash": agreement.sha256,
        "terms_agreed": terms.all_accepted(agreement),
        "terms_open_to_me": bool(terms.open_for(agreement, side)),
        "contracting_out_missing": tenure.is_missing(case, agreement),
        "sign_from": tenure.sign_from(agreement),
        "deposit_open": deposits.is_open(agreement),
        "deposit_held": bool(deposits.held(case.id)),
        "deposit_claimed": claim is not None,
        "claim_waits": claim is not None
        and claim.answered_on is None
        and clock.today() <= claim_ends(case, claim.asked_on),
        "claim_unanswered": claim is not None and claim.answered_on is None,
        "renewing": agreement.edition > 1 and agreement.begun_on is None,
        **_of_use(case, side),
    }


def side_of(case: Proposal, user: User | None) -> Role | None:
    """For which side somebody acts; None for the broker and everybody else."""
    roles = roles_of(case, user) if user else set()
    return next((side for side in rules.SIDES if side in roles), None)


def claim_ends(case: Proposal, asked_on):
    """The last day on which the group can answer what the broker means to keep."""
    nation = db.session.get_one(Area, case.asset.area_id).nation
    return working_day(rules.CLAIM_WORKING_DAYS, asked_on, nation).due


def _of_use(case: Proposal, side: Role | None) -> dict[str, object]:
    in_force = terms.in_force(case.id)
    if in_force is None:
        return {}
    return {
        "used_until": in_force.ends_on,
        "notice_given": in_force.notice_on is not None,
        "notice_from": _notice_from(in_force, side),
    }


def _notice_from(agreement: Agreement, side: Role | None):
    if side is None:
        return None
    after = int(terms.values_of(agreement)["break_after"])
    return rules.notice_from(side, agreement.starts_on, after)
