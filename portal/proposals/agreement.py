"""From the grant to the end of use: heads of terms, signatures, handover, return."""

import hashlib
from datetime import date

from flask import current_app

from portal import clock
from portal.proposals import moves
from portal.proposals.models import Agreement, Signature
from portal.proposals.rules import Action


def draft_agreement(
    case_id: int,
    user_id: int,
    *,
    starts_on: date,
    term_months: int,
    permitted_use: str = "",
    further_terms: str = "",
) -> None:
    """The broker drafts the heads of terms; until the first signature they may be drafted anew."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.DRAFT_AGREEMENT, term=term_months or 0)
        case = turn.case
        # Not render_template: the text needs nothing of a page, and is drafted outside of requests too.
        terms = current_app.jinja_env.get_template("proposals/heads_of_terms.txt")
        text = terms.render(
            case=case,
            starts_on=starts_on,
            term_months=term_months,
            permitted_use=permitted_use or case.use,
            further_terms=further_terms,
        ).strip()
        if case.agreement and case.agreement.sha256 == sha256(text):
            return  # a second press of the button writes nothing new
        turn.take(Action.DRAFT_AGREEMENT, term=term_months or 0)
        agreement = case.agreement or Agreement(proposal_id=case_id)
        agreement.text, agreement.sha256 = text, sha256(text)
        agreement.starts_on, agreement.term_months = starts_on, term_months
        agreement.drafted_at, agreement.user_id = clock.now(), user_id
        turn.session.add(agreement)


def sign(case_id: int, user_id: int, *, name: str, shown_hash: str) -> None:
    """One side signs exactly the text it was shown: name, role, time and the text's SHA-256 are kept."""
    with moves.turn(case_id, user_id) as turn:
        row = turn.allowed(Action.SIGN, signer=name, shown_hash=shown_hash)
        role = next(role for role in row.roles if role in turn.roles)
        turn.take(
            Action.SIGN, signer=name, shown_hash=shown_hash, why=f"SHA-256 {shown_hash[:16]}…"
        )
        turn.session.add(
            Signature(
                proposal_id=case_id,
                role=role,
                user_id=user_id,
                name=name,
                at=clock.now(),
                sha256=shown_hash,
            )
        )


def hand_over(case_id: int, user_id: int, words: str = "") -> None:
    """The keys change hands: the place is in use."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.HAND_OVER, why=words)


def end(case_id: int, user_id: int, words: str = "") -> None:
    """The use ends and the place stands empty again."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.END, why=words)


def sha256(text: str) -> str:
    """The fingerprint of a text, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
