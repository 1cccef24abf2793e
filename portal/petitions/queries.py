"""Reads about petitions, one function a question."""

from collections import Counter, defaultdict
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select

from portal.areas.models import Area, Postcode, Ward
from portal.areas.queries import current_area, postcode_of, wards_of
from portal.db import db
from portal.errors import NotFound
from portal.petitions.models import PaperCount, Petition, PetitionSignature
from portal.petitions.rules import Tally, Where
from portal.proposals.models import Proposal
from portal.register.models import Asset


def petition_of(case_id: int) -> Petition | None:
    """The petition of a case, if its group has opened one."""
    return db.session.scalar(select(Petition).where(Petition.proposal_id == case_id))


def shown(case_id: int) -> Petition:
    """The petition of a case of this area; anybody may see it from the day it opens, if they may see its place."""
    query = (
        select(Petition)
        .join(Proposal)
        .join(Asset)
        .where(
            Petition.proposal_id == case_id,
            Asset.area_id == current_area().id,
            Asset.withheld_why.is_(None),
        )
    )
    petition = db.session.scalar(query)
    if petition is None:
        raise NotFound("no-petition", "There is no petition about this.")
    return petition


def hashed(token: str) -> str:
    """What is kept of the token in a letter's link."""
    return sha256(token.encode()).hexdigest()


def by_token(token: str, *, locked: bool = False) -> PetitionSignature:
    """The signature that a letter's link is about."""
    query = select(PetitionSignature).where(PetitionSignature.token_hash == hashed(token))
    found = db.session.scalar(query.with_for_update() if locked else query)
    if found is None or found.petition.proposal.asset.area_id != current_area().id:
        raise NotFound(
            "no-signature",
            "This link is not in use any more. Perhaps a newer letter has another one, or the signature is gone.",
        )
    return found


class Stands(NamedTuple):
    """Whether a postcode counts for a petition, and in which ward it lies."""

    eligible: bool
    ward_id: int | None = None


def stands(petition: Petition, postcode: str) -> Stands:
    """How a signature from a postcode counts. Where the area has no list of postcodes, a person's word does."""
    area = current_area()
    found = postcode_of(area, postcode)
    if petition.eligible is Where.ANYWHERE or not has_postcodes(area):
        return Stands(eligible=True, ward_id=found and found.ward_id)
    if found is None:
        return Stands(eligible=False)
    inside = petition.ward_id is None or found.ward_id == petition.ward_id
    return Stands(inside, found.ward_id)


def has_postcodes(area: Area) -> bool:
    """Whether the area's list of postcodes has been loaded."""
    query = select(Postcode.code).where(Postcode.area_id == area.id).limit(1)
    return db.session.scalar(query) is not None


# ---- numbers


# A signature that is confirmed and has not been struck out.
VALID = (PetitionSignature.confirmed_at.is_not(None), PetitionSignature.struck_at.is_(None))


def valid(petition: Petition) -> tuple[ColumnElement[bool], ...]:
    """The signatures of a petition that stand."""
    return PetitionSignature.petition_id == petition.id, *VALID


def tally(petition: Petition) -> Tally:
    """What has been counted so far; those whose ward nobody knows last, under ""."""
    query = (
        select(Ward.name, PetitionSignature.eligible, func.count())
        .select_from(PetitionSignature)
        .outerjoin(Ward, Ward.id == PetitionSignature.ward_id)
        .where(*valid(petition))
        .group_by(Ward.name, PetitionSignature.eligible)
    )
    wards: dict[str, int] = defaultdict(int)
    apart = 0
    for name, eligible, number in db.session.execute(query):
        if eligible:
            wards[name or ""] += number
        else:
            apart += number
    named = sorted(wards.items(), key=lambda pair: (pair[0] == "", pair[0]))
    return Tally(named, sum(paper.valid for paper in standing_papers(petition)), apart)


def totals(case_ids: list[int]) -> dict[int, int]:
    """How many signatures count in the petitions of some cases; a case without a petition is left out."""
    of_these = Petition.proposal_id.in_(case_ids)
    confirmed = (
        select(Petition.proposal_id, func.count(PetitionSignature.id))
        .outerjoin(
            PetitionSignature,
            and_(PetitionSignature.petition_id == Petition.id, PetitionSignature.eligible, *VALID),
        )
        .where(of_these)
        .group_by(Petition.proposal_id)
    )
    corrected = select(PaperCount.corrects_id).where(PaperCount.corrects_id.is_not(None))
    on_paper = (
        select(Petition.proposal_id, func.sum(PaperCount.valid))
        .join(PaperCount)
        .where(of_these, PaperCount.id.not_in(corrected))
        .group_by(Petition.proposal_id)
    )
    found = Counter(dict(db.session.execute(confirmed).tuples().all()))
    found.update(dict(db.session.execute(on_paper).tuples().all()))
    return dict(found)


def papers(petition: Petition) -> list[PaperCount]:
    """All counts of paper, as they were made."""
    query = select(PaperCount).where(PaperCount.petition_id == petition.id)
    return list(db.session.scalars(query.order_by(PaperCount.id)))


def paper(petition: Petition, paper_id: int) -> PaperCount:
    """One count of paper of this petition."""
    found = next((one for one in papers(petition) if one.id == paper_id), None)
    if found is None:
        raise NotFound("no-count", "There is no such count of paper.")
    return found


def standing_papers(petition: Petition) -> list[PaperCount]:
    """The counts that no later one corrects."""
    found = papers(petition)
    corrected = {paper.corrects_id for paper in found}
    return [paper for paper in found if paper.id not in corrected]


def _in_doubt(*where: ColumnElement[bool]) -> Select[tuple[int, str]]:
    """Petitions and persons: one name at one postcode under several addresses, where the broker has not looked at all."""
    return (
        select(PetitionSignature.petition_id, PetitionSignature.same_person)
        .where(*where, *VALID, PetitionSignature.same_person.is_not(None))
        .group_by(PetitionSignature.petition_id, PetitionSignature.same_person)
        .having(func.count() > 1, func.count(PetitionSignature.looked_at) < func.count())
    )


def doubles(petition: Petition) -> list[list[PetitionSignature]]:
    """The signatures that are likely one person's, a list for each."""
    of_this = PetitionSignature.petition_id == petition.id
    same = [person for _petition, person in db.session.execute(_in_doubt(of_this))]
    query = select(PetitionSignature).where(
        of_this, *VALID, PetitionSignature.same_person.in_(same)
    )
    groups: dict[str, list[PetitionSignature]] = defaultdict(list)
    for one in db.session.scalars(query.order_by(PetitionSignature.id)):
        groups[one.same_person].append(one)
    return list(groups.values())


def to_look_at() -> list[tuple[Petition, int]]:
    """The petitions of the area in which likely doubles wait for the broker, and how many."""
    query = select(Petition.id).join(Proposal).join(Asset).where(Asset.area_id == current_area().id)
    found = db.session.execute(_in_doubt(PetitionSignature.petition_id.in_(query)))
    waiting = Counter(petition_id for petition_id, _person in found)
    return [(db.session.get_one(Petition, one), number) for one, number in sorted(waiting.items())]


def unlisted(petition: Petition) -> int:
    """How many were counted apart because their postcode is in no list of the area; an old list lacks new ones."""
    query = select(func.count()).where(
        *valid(petition), PetitionSignature.eligible.is_(False), PetitionSignature.ward_id.is_(None)
    )
    return db.session.scalar(query) or 0


# ---- how many live there


class Residents(NamedTuple):
    """How many people live in a place, None if that is not on record; what the place is called, and who says so."""

    number: int | None
    place: str
    source: str


def residents_of(case: Proposal, where: str) -> Residents:
    """The residents of a case's area or of its ward. The area's own number, else its wards' if all have one."""
    area = db.session.get_one(Area, case.asset.area_id)
    source = area.population_source or ""
    if where == Where.WARD:
        ward = case.asset.ward
        return Residents(ward and ward.population, ward.name if ward else area.name, source)
    if area.population is not None:
        return Residents(area.population, area.name, source)
    numbers = [ward.population for ward in wards_of(area)]
    known = bool(numbers) and None not in numbers
    return Residents(sum(numbers) if known else None, area.name, source)
