"""A case with a petition, and neighbours who sign it."""

import re
from datetime import date

from sqlalchemy import select

from portal.areas.models import Postcode
from portal.areas.profile import in_force
from portal.db import db
from portal.notices.models import Letter
from portal.petitions import queries, service
from portal.petitions.models import Petition, PetitionSignature
from portal.petitions.service import Signer
from tests import factories
from tests.proposals.stage import Stage

INSIDE, OUTSIDE = "M33 2AA", "SW1A 1AA"
NEEDED = 3
LAST = date(2026, 6, 1)


def stage(**area_values) -> Stage:
    """A stage whose area has two postcodes: one in a ward, one in none."""
    made = Stage(**area_values)
    ward = factories.ward(made.area, name="West")
    for code, ward_id in (("M332AA", ward.id), ("M332AB", None)):
        db.session.add(
            Postcode(area_id=made.area.id, code=code, lon=-2.4, lat=53.4, ward_id=ward_id)
        )
    db.session.commit()
    return made


def opened(made: Stage, *, needed: int | None = NEEDED) -> Petition:
    """A petition that few signatures are enough for."""
    service.open_petition(made.case_id, made.organiser, "Open the hall again.", LAST)
    petition = queries.petition_of(made.case_id)
    if needed is not None:
        petition.needed = needed
        db.session.commit()
    return petition


def signer(number: int = 1, **values) -> Signer:
    given = {"name": f"Neighbour {number}", "email": f"n{number}@example.org", "postcode": INSIDE}
    return Signer(**given | values)


def token_of(email: str) -> str:
    """The newest link in the letters to an address."""
    query = select(Letter.body).where(Letter.to == email, Letter.body.contains("/petitions/"))
    body = db.session.scalars(query.order_by(Letter.id.desc())).first()
    return re.search(r"/petitions/(\S+)", body)[1]


def signed(made: Stage, number: int = 1, **values) -> str:
    """A signature that waits for its letter to be answered; gives the link's token."""
    one = signer(number, **values)
    service.sign(made.case_id, one)
    return token_of(one.email.strip().lower())


def confirmed(made: Stage, *numbers: int, **values) -> None:
    for number in numbers:
        service.confirm(signed(made, number, **values))


def signatures() -> list[PetitionSignature]:
    db.session.rollback()
    return list(db.session.scalars(select(PetitionSignature).order_by(PetitionSignature.id)))


def letters(to: str | None = None) -> list[Letter]:
    db.session.rollback()
    query = select(Letter).order_by(Letter.id)
    return list(db.session.scalars(query.where(Letter.to == to) if to else query))


def asked(track: str = "land"):
    return in_force("pilot_compact", date(2026, 3, 2)).petitions[track]
