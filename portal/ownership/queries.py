"""Reads for the pages about questions, one function a question."""

from collections.abc import Iterable
from datetime import date

import shapely
from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from geo import shapes
from geo.crs import STORED, box_around
from portal import clock
from portal.areas import profile as profiles
from portal.areas.calendar import Counted, working_day
from portal.areas.models import Area
from portal.areas.queries import Place, current_area
from portal.db import db
from portal.errors import NotFound
from portal.ownership.models import Listener, Question
from portal.ownership.rules import (
    OPEN,
    SAME_METRES,
    TELLING,
    TRIED,
    Action,
    Facts,
    QuestionState,
    address_key,
    due_of,
    middle,
    open_to,
    working_days,
)
from portal.people.access import roles_for
from portal.people.models import User
from portal.register.models import Asset

PAGE = 20
MOST_LIKELY = 5
FILTERS = {
    "open": OPEN,
    "overdue": frozenset({QuestionState.OVERDUE}),
    "answered": frozenset({QuestionState.ANSWERED}),
    "not_established": frozenset({QuestionState.NOT_ESTABLISHED}),
}


def question_of(question_id: int) -> Question:
    """A question of this area with all that its page shows. Raises NotFound."""
    query = (
        select(Question)
        .where(Question.id == question_id, Question.area_id == current_area().id)
        .options(
            joinedload(Question.asset).joinedload(Asset.holder),
            joinedload(Question.group),
            selectinload(Question.events),
            selectinload(Question.bodies),
            selectinload(Question.answers),
            selectinload(Question.listeners),
        )
    )
    question = db.session.scalars(query).first()
    if question is None:
        raise NotFound("no-question", "There is no question with this number here.")
    return question


def counted(question: Question) -> Counted:
    """How its last day was counted, from the version of the profile it was asked under."""
    profile = profiles.version(question.profile, question.profile_from)
    return due_of(question.asked_on, profile, current_area().nation)


def listed(name: str, page: int) -> tuple[list[Question], int]:
    """A page of the questions of a filter (any other name: all), newest first, and how many there are."""
    clauses = _in_filter(name)
    total = db.session.scalar(select(func.count()).select_from(Question).where(*clauses)) or 0
    query = select(Question).where(*clauses).order_by(Question.id.desc())
    return _whole(query.limit(PAGE).offset((page - 1) * PAGE)), total


def queue(name: str, page: int) -> tuple[list[Question], int]:
    """The same for the brokers: what is due first stands first."""
    clauses = _in_filter(name)
    total = db.session.scalar(select(func.count()).select_from(Question).where(*clauses)) or 0
    query = select(Question).where(*clauses).order_by(Question.due, Question.id)
    return _whole(query.limit(PAGE).offset((page - 1) * PAGE)), total


def all_of_them() -> list[Question]:
    """Every question of the area, for the download."""
    return _whole(select(Question).where(*_in_filter("")).order_by(Question.id))


def counts() -> dict[str, int]:
    """How many questions there are in each filter, and in all."""
    query = select(Question.state, func.count()).where(*_in_filter("")).group_by(Question.state)
    by_state = dict(db.session.execute(query).all())
    found = {name: sum(by_state.get(one, 0) for one in states) for name, states in FILTERS.items()}
    return {"all": sum(by_state.values())} | found


def days_to_answer() -> tuple[float | None, float | None]:
    """Working days from question to owner: the median and the 90th percentile (COMPACT, "Figures")."""
    query = select(Question.asked_on, Question.ended_on).where(
        Question.state == QuestionState.ANSWERED, *_in_filter("")
    )
    nation = current_area().nation
    days = [working_days(asked, ended, nation) for asked, ended in db.session.execute(query)]
    return middle(days), middle(days, 0.9)


def _in_filter(name: str) -> list[ColumnElement[bool]]:
    here = Question.area_id == current_area().id
    return [here, Question.state.in_(FILTERS[name])] if name in FILTERS else [here]


def _whole(query: Select[tuple[Question]]) -> list[Question]:
    loaded = query.options(
        joinedload(Question.asset).joinedload(Asset.holder),
        joinedload(Question.group),
        selectinload(Question.answers),
        selectinload(Question.bodies),
    )
    return list(db.session.scalars(loaded))


def joined_into(question: Question) -> list[Question]:
    """The questions that go on in this one."""
    query = select(Question).where(Question.joined_to_id == question.id).order_by(Question.id)
    return list(db.session.scalars(query))


def waiting(area: Area) -> list[Question]:
    """What the broker's desk counts: open questions, those due first first."""
    query = select(Question).where(Question.area_id == area.id, Question.state.in_(OPEN))
    return list(db.session.scalars(query.order_by(Question.due, Question.id)))


def about_asset(asset_id: int) -> Question | None:
    """The question that an asset's page leads to: the open one, else the newest that says something."""
    query = select(Question).where(Question.asset_id == asset_id, Question.state.in_(TELLING))
    found = db.session.scalars(query.options(selectinload(Question.answers))).all()
    return min(found, key=lambda one: (one.state not in OPEN, -one.id), default=None)


def can_do(question: Question, user: User | None) -> list[Action]:
    """What this person can do with the question now, from the table."""
    return open_to(question.state, roles_for(user), facts_of(question))


def facts_of(question: Question, listener: Listener | None = None, **typed: object) -> Facts:
    """What the guards ask about a question; `typed` is what a form brings."""
    facts: dict[str, object] = {
        "is_asker": listener is not None and listener.asked,
        "others_wait": any(one is not listener and one.confirmed_at for one in question.listeners),
        "over": clock.today() > question.due,
        "sent_on": bool(question.bodies),
        "tried": sum(event.action in TRIED for event in question.events),
        "hidden": question.hidden_why is not None,
    }
    return Facts(**(facts | typed))


def next_working_day(area: Area) -> date:
    """What is due by then needs an answer now; on a Friday that is Monday."""
    return working_day(1, clock.today(), area.nation).due


# ---- the same question


def likely(area: Area, asset: Asset | None, place: Place | None) -> list[Question]:
    """Questions about the same land: of the same asset, within 50 m, or of the same street and postcode."""
    address = place.label if place else f"{asset.street or ''} {asset.postcode or ''}"
    key = address_key(address)
    near = _shape(asset, place)
    same: list[ColumnElement[bool]] = [Question.address == key] if key else []
    same += [Question.asset_id == asset.id] if asset else []
    same += _near(near) if near is not None else []
    if not same:
        return []
    told = (*TELLING, QuestionState.JOINED)
    query = select(Question).outerjoin(Asset, Question.asset_id == Asset.id)
    query = query.where(Question.area_id == area.id, Question.state.in_(told), or_(*same))
    found = db.session.scalars(query.options(joinedload(Question.asset))).all()
    close = [one for one in found if _is_same(one, asset, key) or _metres(one, near, area) <= SAME_METRES]  # fmt: skip
    going_on = {one.id: one for one in map(goes_on_as, close) if one.state in TELLING}
    ordered = sorted(going_on.values(), key=lambda one: (one.state not in OPEN, -one.id))
    return ordered[:MOST_LIKELY]


def goes_on_as(question: Question) -> Question:
    """The question that goes on for this one: itself, or the end of the chain it was joined to."""
    while question.joined_to is not None:
        question = question.joined_to
    return question


def _is_same(one: Question, asset: Asset | None, key: str | None) -> bool:
    return bool((asset and one.asset_id == asset.id) or (key and one.address == key))


def _shape(asset: Asset | None, place: Place | None) -> shapely.Geometry | None:
    if asset is not None:
        return asset.shape
    return shapely.Point(place.lon, place.lat) if place and place.lon is not None else None


def _near(shape: shapely.Geometry) -> list[ColumnElement[bool]]:
    """What the columns can say of being close: a box that finds too much, never too little."""
    west, south, east, north = shape.bounds
    low, high = box_around(west, south, SAME_METRES), box_around(east, north, SAME_METRES)
    lon, lat = (low.west, high.east), (low.south, high.north)
    return [
        and_(Question.lat.between(*lat), Question.lon.between(*lon)),
        and_(Asset.west <= lon[1], Asset.east >= lon[0], Asset.south <= lat[1], Asset.north >= lat[0]),
    ]  # fmt: skip


def _metres(one: Question, shape: shapely.Geometry | None, area: Area) -> float:
    """From the nearest point of what one is about to the nearest point of the other; far when a place is not known."""
    other = one.asset.shape if one.asset is not None else None
    if other is None and one.lon is not None:
        other = shapely.Point(one.lon, one.lat)
    if shape is None or other is None:
        return float("inf")
    here, there = shapes.project([shape, other], STORED, area.nation.metric_epsg)
    return float(shapely.distance(here, there))


# ---- who asked


def token_of(listener: Listener) -> str:
    """What a letter's link names somebody by; signed, so that nobody can guess another's."""
    return _signer().dumps(listener.id)


def listener_of(token: str) -> Listener:
    """Whom a letter's link belongs to. Raises NotFound for one that was changed or has left."""
    try:
        found = db.session.get(Listener, _signer().loads(token))
    except BadSignature:
        found = None
    if found is None or found.question.area_id != current_area().id:
        raise NotFound(
            "no-listener",
            "This link leads nowhere any more: the letters have been stopped, or the link was not copied whole.",
        )
    return found


def listener_for(question: Question, user: User | None) -> Listener | None:
    """The row of somebody who is signed in and asked or joined."""
    if user is None:
        return None
    return next((one for one in question.listeners if one.user_id == user.id), None)


def heard_by(question: Question) -> Iterable[Listener]:
    """Who gets a letter of each step: everybody whose address is known to be theirs."""
    return [one for one in question.listeners if one.email and one.confirmed_at]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="ownership-listener")
