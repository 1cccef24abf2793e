"""What is forgotten because a day has passed. May run late, twice, or on two machines: what is gone is gone."""

from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, delete, select, update

from portal import clock
from portal.areas.queries import current_area
from portal.db import transaction
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import (
    ADDRESS_MONTHS,
    DECIDED,
    DECLINED_PHOTOS_LIVE,
    DRAFT_LIVES,
    SightingState,
)


def tick() -> int:
    """Drafts that nobody sent go after a day, photos of declined reports after 30, addresses twelve months after the end.

    Returns how many drafts, photos and addresses went.
    """
    area_id = current_area().id
    return _drafts(area_id) + _photos(area_id) + _addresses(area_id)


def _drafts(area_id: int) -> int:
    old = (
        Sighting.area_id == area_id,
        Sighting.state == SightingState.DRAFT,
        Sighting.begun_at < clock.now() - DRAFT_LIVES,
    )
    with transaction() as session:
        session.execute(_delete_photos(*old))
        return session.execute(delete(Sighting).where(*old)).rowcount


def _photos(area_id: int) -> int:
    declined = (
        Sighting.area_id == area_id,
        Sighting.state == SightingState.DECLINED,
        Sighting.decided_at < clock.now() - DECLINED_PHOTOS_LIVE,
    )
    with transaction() as session:
        return session.execute(_delete_photos(*declined)).rowcount


def _addresses(area_id: int) -> int:
    day = clock.today() - relativedelta(months=ADDRESS_MONTHS)
    before = datetime.combine(day, time(), tzinfo=clock.LONDON)
    ended = (
        Sighting.area_id == area_id,
        Sighting.state.in_(DECIDED),
        Sighting.decided_at < before,
        Sighting.email.is_not(None),
    )
    with transaction() as session:
        return session.execute(update(Sighting).where(*ended).values(email=None)).rowcount


def _delete_photos(*of: ColumnElement[bool]):
    return (
        delete(Photo)
        .where(Photo.sighting_id.in_(select(Sighting.id).where(*of)))
        .execution_options(synchronize_session=False)
    )
