"""The group opens a petition; neighbours sign, confirm and take their names back. One function a user action."""

import secrets
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.areas.calendar import months
from portal.areas.rules import postcode_key
from portal.db import transaction
from portal.errors import BadInput, NotFound, RuleBroken
from portal.notices import service as notices
from portal.petitions import knowing, letters, queries, rules
from portal.petitions.models import Petition, PetitionSignature
from portal.petitions.rules import Where
from portal.proposals import moves
from portal.proposals.models import Proposal
from portal.proposals.rules import Action
from portal.proposals.standing import profile_of


def open_petition(case_id: int, user_id: int, words: str, closes_on: date | None) -> None:
    """The group asks its neighbours to sign. How many are needed is counted now and does not change any more."""
    with moves.turn(case_id, user_id) as turn:
        case = turn.case
        turn.allowed(Action.OPEN_PETITION)
        asked = turn.profile.petitions[case.track]
        last = rules.check_last_day(closes_on, clock.today(), longest_day(case))
        if not words:
            raise RuleBroken("no-words", "Write what you ask your neighbours to sign.")
        count = rules.count_needed(asked, *queries.residents_of(case, asked.population_of))
        eligible = Where(asked.eligible)
        turn.take(Action.OPEN_PETITION)
        turn.session.add(
            Petition(
                proposal_id=case.id,
                words=words,
                opened_on=clock.today(),
                closes_on=last,
                needed=count.needed,
                counted=count.kept(),
                eligible=eligible,
                ward_id=case.asset.ward_id if eligible is Where.WARD else None,
                user_id=user_id,
            )
        )


def longest_day(case: Proposal) -> date | None:
    """The last day that a petition opened today can have; None where the profile has none for such a place."""
    asked = profile_of(case).petitions.get(case.track)
    return asked and months(asked.months, clock.today()).due


class Signer(NamedTuple):
    """What somebody who signs has written."""

    name: str
    email: str
    postcode: str
    wants_news: bool = False


def sign(case_id: int, signer: Signer) -> None:
    """Keep a signature until its letter is answered. Whatever is known of the address, only it learns what came of it."""
    email = rules.email_key(signer.email)
    postcode = postcode_key(signer.postcode)
    if postcode is None:
        raise BadInput("postcode-form", "Write a whole postcode, for example M33 7DZ.")
    with transaction() as session:
        petition = queries.shown(case_id)
        knowing.check_signing(petition.proposal)
        one = _of_address(session, petition, email)
        begun = one is None
        if begun:
            one = PetitionSignature(petition_id=petition.id, email=email, written_at=clock.now())
        if one.confirmed_at is None:
            _write(one, petition, signer, postcode)
        if begun and not _added(session, one):
            return  # pressed twice: the other was quicker, and its letter is on its way
        if begun or clock.now() - one.written_at >= rules.LETTER_REST:
            one.written_at = clock.now()
            letters.of_signing(petition, one, _new_token(one))


def _of_address(session: Session, petition: Petition, email: str) -> PetitionSignature | None:
    query = select(PetitionSignature).where(
        PetitionSignature.petition_id == petition.id, PetitionSignature.email == email
    )
    return session.scalar(query.with_for_update())


def _write(one: PetitionSignature, petition: Petition, signer: Signer, postcode: str) -> None:
    one.name, one.postcode, one.wants_news = signer.name, postcode, signer.wants_news
    one.same_person = rules.same_person(signer.name, postcode)
    one.eligible, one.ward_id = queries.stands(petition, postcode)


def _added(session: Session, one: PetitionSignature) -> bool:
    try:
        with session.begin_nested():
            session.add(one)
    except IntegrityError:
        return False
    return True


def _new_token(one: PetitionSignature) -> str:
    token = secrets.token_urlsafe(24)
    one.token_hash = queries.hashed(token)
    return token


def confirm(token: str) -> None:
    """The letter is answered: from now on the signature counts, and the last one needed opens the hearing.

    Confirmed before, it stays confirmed.
    """
    case_id = queries.by_token(token).petition.proposal_id
    # The case's lock: of two last signatures the second sees that the first has opened the hearing.
    with moves.turn(case_id, None) as turn:
        one = queries.by_token(token, locked=True)
        if one.confirmed_at is not None:
            return
        if clock.now() - one.written_at >= rules.LINK_LIVES:
            raise RuleBroken(
                "link-old",
                "This link was good for a week, and that is over. Sign again on the petition's page: we send a new one.",
            )
        knowing.check_signing(turn.case)
        one.confirmed_at = clock.now()
        turn.session.flush()
        reach(turn.session, one.petition)


def reach(session: Session, petition: Petition) -> None:
    """Note that enough have signed. It stays so: a hearing that neighbours wait for is not called off by one who leaves."""
    if petition.reached_at is None and queries.tally(petition).total >= petition.needed:
        petition.reached_at = clock.now()
        session.flush()


def withdraw(token: str) -> None:
    """Take a signature back and forget the address, in its letters too. One that is gone is gone."""
    try:
        case_id = queries.by_token(token).petition.proposal_id
    except NotFound:
        return
    with moves.turn(case_id, None) as turn:
        query = select(PetitionSignature).where(
            PetitionSignature.token_hash == queries.hashed(token)
        )
        if (one := turn.session.scalar(query.with_for_update())) is not None:
            forget(turn.session, one)


def forget(session: Session, one: PetitionSignature) -> None:
    """A signature and its letters, as if it had never been."""
    notices.forget(letters.prefix_of(one))
    session.delete(one)
    session.flush()
