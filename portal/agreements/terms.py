"""How the terms of an edition stand: what each says now, who has accepted it, what it said before."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from portal import clock
from portal.agreements import rules
from portal.agreements.models import Agreement, AgreementTerm, TermAcceptance
from portal.agreements.rules import SIDES, TERMS, Form, Term
from portal.db import db
from portal.people.rules import Role


class Now(NamedTuple):
    """One term as it stands."""

    term: Term
    row: AgreementTerm
    older: list[AgreementTerm]  # newest first

    @property
    def value(self) -> str:
        return self.row.value

    @property
    def accepted(self) -> set[Role]:
        return {acceptance.role for acceptance in self.row.acceptances}

    @property
    def open_for(self) -> list[Role]:
        """The sides that have still to accept it."""
        accepted = self.accepted
        return [side for side in SIDES if side not in accepted]


def current(case_id: int) -> Agreement | None:
    """The edition that is negotiated, signed or in force: the newest that was not given up."""
    query = select(Agreement).where(
        Agreement.proposal_id == case_id, Agreement.given_up_on.is_(None)
    )
    return db.session.scalars(query.order_by(Agreement.edition.desc())).first()


def in_force(case_id: int) -> Agreement | None:
    """The edition under which the place is used."""
    query = select(Agreement).where(
        Agreement.proposal_id == case_id, Agreement.begun_on.is_not(None)
    )
    return db.session.scalars(query.order_by(Agreement.edition.desc())).first()


def use_began(agreement: Agreement) -> date:
    """The first day of the use: a renewal may be in force, and be ended early, before its own first day."""
    begun = [one.starts_on for one in every(agreement.proposal_id) if one.begun_on]
    return min([agreement.starts_on, *begun])


def every(case_id: int) -> list[Agreement]:
    """All editions, newest first."""
    query = select(Agreement).where(Agreement.proposal_id == case_id)
    return list(db.session.scalars(query.order_by(Agreement.edition.desc())))


def now_of(agreement: Agreement) -> dict[str, Now]:
    """Every term as it stands, in the order of the heads of terms; empty for what was signed before there were any."""
    versions: dict[str, list[AgreementTerm]] = {}
    for row in agreement.terms:
        versions.setdefault(row.key, []).insert(0, row)
    return {
        key: Now(term, versions[key][0], versions[key][1:])
        for key, term in TERMS.items()
        if key in versions
    }


def values_of(agreement: Agreement) -> dict[str, str]:
    """What every term says; its default where it was never written down."""
    defaults = {key: str(term.default) for key, term in TERMS.items()}
    return defaults | {key: now.value for key, now in now_of(agreement).items()}


def all_accepted(agreement: Agreement) -> bool:
    """Whether both sides have accepted every term."""
    return not any(now.open_for for now in now_of(agreement).values())


def open_for(agreement: Agreement, side: Role | None) -> list[Now]:
    """The terms that a side has still to accept."""
    return [now for now in now_of(agreement).values() if side in now.open_for]


def put(agreement: Agreement, values: Mapping[str, str], *, role: Role, user_id: int) -> list[str]:
    """Write new versions of what differs; who proposes has accepted, and the other side's acceptance is gone.

    Returns the keys that changed.
    """
    there = now_of(agreement)
    changed = [key for key in values if key not in there or there[key].value != values[key]]
    for key in changed:
        version = there[key].row.version + 1 if key in there else 1
        row = AgreementTerm(
            key=key, version=version, value=values[key], role=role, user_id=user_id, at=clock.now()
        )
        agreement.terms.append(row)
        if role in SIDES:
            row.acceptances.append(TermAcceptance(role=role, user_id=user_id, at=clock.now()))
    follow(agreement)
    return changed


def follow(agreement: Agreement) -> None:
    """Form and dates of the edition as its terms have them."""
    said = values_of(agreement)
    agreement.form = Form(said["form"])
    agreement.starts_on = date.fromisoformat(said["starts_on"])
    agreement.term_months = int(said["term_months"])
    agreement.ends_on = rules.last_day(agreement.starts_on, agreement.term_months)


def accept(agreement: Agreement, keys: Iterable[str], *, role: Role, user_id: int) -> None:
    """One side accepts these terms as they stand."""
    there = now_of(agreement)
    for key in keys:
        there[key].row.acceptances.append(
            TermAcceptance(role=role, user_id=user_id, at=clock.now())
        )
