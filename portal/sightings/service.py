"""What residents do with a report: begin it, tell, add photos, send it, follow it. One function a user action."""

import secrets
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy.orm import Session

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import Place
from portal.db import transaction
from portal.errors import NotFound, RuleBroken
from portal.people.rules import Role, check_email
from portal.pictures import Picture
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.sightings import letters, queries, rules
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import IN_REGISTER, MOST_PHOTOS, Action, HowLong, SightingState

ANYBODY = {Role.RESIDENT}


def begin(
    area_id: int, place: Place, *, asset_id: int | None = None, same_as_id: int | None = None
) -> str:
    """Begin a report of a place, maybe as one more about a place or report that is known. Returns its token."""
    with transaction() as session:
        area = session.get_one(Area, area_id)
        queries.in_area(area, place)
        one = Sighting(
            area_id=area.id,
            token=secrets.token_urlsafe(32),
            state=rules.step_for(None, Action.BEGIN, ANYBODY).to,
            lon=place.lon,
            lat=place.lat,
            called=place.label[:200],
            ward_id=queries.ward_at(area, place.lon, place.lat),
            asset=_known_asset(session, area, asset_id),
            same_as=_known_report(session, area, same_as_id),
            begun_at=clock.now(),
        )
        session.add(one)
    return one.token


def tell(
    token: str, *, words: str, exactly: str = "", how_long: HowLong = HowLong.UNKNOWN, email: str
) -> None:
    """What the reporter sees there. Kept with the draft, so that nothing that follows can lose it."""
    with transaction() as session:
        one = _draft(session, token)
        one.words, one.exactly, one.how_long = words, exactly, how_long
        one.email = check_email(email) if email else None


def add_photos(token: str, pictures: Sequence[Picture]) -> int:
    """Keep photos with a draft; the same one again is no second. Returns how many found no room."""
    with transaction() as session:
        return _add(session, _draft(session, token), pictures)


def remove_photo(token: str, photo_id: int) -> None:
    """Take a photo out of a draft; one that is gone already is gone."""
    with transaction() as session:
        one = _draft(session, token)
        photo = next((photo for photo in one.photos if photo.id == photo_id), None)
        if photo is not None:
            one.photos.remove(photo)


def send(token: str) -> Sighting:
    """Send a report to the broker. Sending it again finds it sent."""
    with transaction() as session:
        one = _locked(session, token)
        if one.state is not SightingState.DRAFT:
            return one
        if not one.words:
            raise RuleBroken("no-words", "Say in a few words what you see there first.")
        _settle(one)
        one.state = rules.step_for(one.state, Action.SEND, ANYBODY).to
        one.reported_at = clock.now()
        session.flush()
        letters.of_report(one)
    return one


def leave(token: str) -> None:
    """No more letters: the address is forgotten at once."""
    with transaction() as session:
        _locked(session, token).email = None


def _known_asset(session: Session, area: Area, asset_id: int | None) -> Asset | None:
    if asset_id is None:
        return None
    asset = session.get(Asset, asset_id)
    if (
        asset is None
        or asset.area_id != area.id
        or asset.kind is Kind.ROOM
        or asset.withheld_why is not None
    ):
        raise NotFound("no-asset", "This place is not in the register any more. Look again.")
    return asset


def _known_report(session: Session, area: Area, sighting_id: int | None) -> Sighting | None:
    if sighting_id is None:
        return None
    one = session.get(Sighting, sighting_id)
    if one is None or one.area_id != area.id or one.state is SightingState.DRAFT:
        raise NotFound("no-report", "This report is not there any more. Look again.")
    return one.same_as or one


def _settle(one: Sighting) -> None:
    """A report that this one joined may have been answered in the meantime."""
    known = one.same_as
    if known is not None and known.state is not SightingState.REPORTED:
        one.same_as = None
        one.asset_id = known.asset_id if known.state in IN_REGISTER else None


def _add(session: Session, one: Sighting, pictures: Sequence[Picture]) -> int:
    known = {photo.digest for photo in one.photos}
    fresh = {sha256(picture.webp).hexdigest(): picture for picture in pictures}
    left = [digest for digest in fresh if digest not in known]
    room = max(MOST_PHOTOS - len(known), 0)
    for digest in left[:room]:
        picture = fresh[digest]
        one.photos.append(
            Photo(
                digest=digest,
                webp=picture.webp,
                thumb=picture.thumb,
                width=picture.width,
                height=picture.height,
                added_at=clock.now(),
            )
        )
    session.flush()
    return max(len(left) - room, 0)


def _draft(session: Session, token: str) -> Sighting:
    one = _locked(session, token)
    if one.state is not SightingState.DRAFT:
        raise RuleBroken(
            "sent-already", "This report has been sent already. You can begin another one."
        )
    return one


def _locked(session: Session, token: str) -> Sighting:
    """The report of a token, held until the transaction ends: two tabs of one reporter take turns."""
    one = queries.by_token(token)
    session.refresh(one, with_for_update=True)
    return one
