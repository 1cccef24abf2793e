"""Reads: a watch by its link, those that are due, and what is news."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import current_area
from portal.db import db
from portal.errors import NotFound
from portal.register import matching
from portal.register.glance import Glance, Rows, glance
from portal.register.models import Asset
from portal.register.rules import Status
from portal.register.search import Search
from portal.watches.models import AssetNews, Watch
from portal.watches.rules import LISTED, UNCONFIRMED, Why

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
NEWEST = 500  # of what became news; more than a feed shows, for most of it may be elsewhere


class News(NamedTuple):
    """A place that is worth telling, since when and why."""

    asset_id: int
    at: datetime
    why: Why


class Told(NamedTuple):
    """All news of a time, newest first: their places' numbers, and the seconds since when each is news."""

    by_id: dict[int, News]
    ids: npt.NDArray[np.int64]
    at: npt.NDArray[np.float64]


# A place that stood empty for a while and is used again is no news.
STILL_TRUE = or_(AssetNews.why != Why.VACANT, Asset.status == Status.VACANT)
PUBLIC = and_(Asset.gone_on.is_(None), Asset.withheld_why.is_(None))


def by_token(token: str) -> Watch:
    """The watch of a letter's link. Raises NotFound where it has ended, or was never confirmed in time."""
    query = select(Watch).where(Watch.token == token, Watch.area_id == current_area().id)
    watch = db.session.scalar(query) if TOKEN.fullmatch(token) else None
    if watch is None or (
        watch.confirmed_at is None and watch.asked_at <= clock.now() - UNCONFIRMED
    ):
        raise NotFound(
            "no-watch",
            "There is no watch at this address. It has ended, or it was not confirmed within a week. You get no letters from it.",
        )
    return watch


def due(area_id: int, now: datetime) -> list[Watch]:
    """The confirmed watches that shall look now."""
    query = select(Watch).where(
        Watch.area_id == area_id, Watch.confirmed_at.is_not(None), Watch.due_at <= now
    )
    return list(db.session.scalars(query.order_by(Watch.id)))


def news(area_id: int, since: datetime, until: datetime) -> Told:
    """All that became news after `since`, up to `until`, newest first; a place once."""
    became = select(Asset.id, AssetNews.at, AssetNews.why).join(
        AssetNews, AssetNews.asset_id == Asset.id
    )
    came = select(Asset.id, Asset.created_at)
    found = {
        row[0]: News(*row)
        for row in db.session.execute(
            became.where(
                AssetNews.area_id == area_id,
                AssetNews.at > since,
                AssetNews.at <= until,
                STILL_TRUE,
            )
        )
    }
    for asset_id, at in db.session.execute(
        came.where(Asset.area_id == area_id, Asset.created_at > since, Asset.created_at <= until)
    ):
        # What has just come in is new, whatever else became of it since.
        found[asset_id] = News(asset_id, max(at, found.get(asset_id, (0, at))[1]), Why.NEW)
    newest = sorted(found.values(), key=lambda one: (one.at, one.asset_id), reverse=True)
    return Told(
        found,
        np.array([one.asset_id for one in newest], np.int64),
        np.array([one.at.timestamp() for one in newest]),
    )


def fitting(area: Area, search: Search, told: Told, since: datetime) -> tuple[list[News], int]:
    """The latest news after `since` that a search finds now, by the same code as the list; and how many in all."""
    fresh = told.ids[: np.count_nonzero(told.at > since.timestamp())]
    if not len(fresh):
        return [], 0
    seen = glance(area.id)
    found = _among(seen, _found(seen, search), fresh)
    return [told.by_id[number] for number in found[:LISTED].tolist()], len(found)


def _found(seen: Glance, search: Search) -> Rows:
    return matching.match(seen, search).rows


def _among(seen: Glance, found: Rows, ids: Iterable[int]) -> Rows:
    """Which of these assets are found, in their order; quick however many there are of either."""
    fits = np.zeros(len(seen), bool)
    fits[found] = True
    rows = seen.rows_of(ids)
    numbers: Rows = seen.id[rows[fits[rows]]]
    return numbers


def latest(area: Area, search: Search, most: int) -> list[tuple[News, Asset]]:
    """The places that a search finds which came or became vacant last, newest first."""
    seen = glance(area.id)
    found = _found(seen, search)
    query = select(AssetNews.asset_id).join(Asset).where(AssetNews.area_id == area.id, STILL_TRUE)
    became = list(db.session.scalars(query.order_by(AssetNews.at.desc()).limit(NEWEST)))
    came = seen.id[found]
    if len(came) > most:
        came = np.partition(came, -most)[-most:]
    ids = {*came.tolist(), *_among(seen, found, became).tolist()}
    rows = db.session.execute(
        select(Asset, AssetNews)
        .outerjoin(AssetNews, and_(AssetNews.asset_id == Asset.id, STILL_TRUE))
        .where(Asset.id.in_(ids), PUBLIC)
        .options(joinedload(Asset.ward), joinedload(Asset.holder))
    )
    told = [
        (
            News(asset.id, new.at, new.why)
            if new and new.at > asset.created_at
            else News(asset.id, asset.created_at, Why.NEW),
            asset,
        )
        for asset, new in rows
    ]
    told.sort(key=lambda one: one[0][1::-1], reverse=True)
    return told[:most]


def shown(told: list[News]) -> list[tuple[News, Asset]]:
    """The places themselves, as far as everybody may see them."""
    query = select(Asset).where(Asset.id.in_([one.asset_id for one in told]), PUBLIC)
    by_id = {asset.id: asset for asset in db.session.scalars(query.options(joinedload(Asset.ward)))}
    return [(one, by_id[one.asset_id]) for one in told if one.asset_id in by_id]


def of_address(email: str) -> list[Watch]:
    """All that an address watches here, the latest first."""
    query = select(Watch).where(Watch.email == email, Watch.area_id == current_area().id)
    return list(db.session.scalars(query.order_by(Watch.id.desc())))
