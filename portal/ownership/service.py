"""What those who ask do with questions, and what other features ask for. One function a user action, one transaction each.

What brokers do is in answering.py, what the clock does in tick.py.
"""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.areas import profile as profiles
from portal.areas.models import Area
from portal.areas.queries import Place
from portal.db import transaction
from portal.errors import NotFound
from portal.masking import masked
from portal.notices.service import forget
from portal.ownership import letters, moves
from portal.ownership.models import Listener, Question
from portal.ownership.rules import (
    OPEN,
    WAITING,
    Action,
    AskedThrough,
    Asker,
    Facts,
    QuestionState,
    address_key,
    due_of,
    step_for,
)
from portal.ownership.tick import tick
from portal.people.access import group_ids
from portal.people.models import Group, Holder, User
from portal.people.rules import HolderKind, Role, check_email
from portal.register.models import Asset

__all__ = ["Asker", "ask", "ask_within", "confirm", "follow", "leave", "tick", "unknown_holder", "withdraw"]  # fmt: skip

LONGEST = 2000
UNKNOWN = "Owner not known yet"


def ask(  # noqa: PLR0913 - all by name
    *,
    area_id: int,
    asset_id: int | None = None,
    place: Place | None = None,
    words: str,
    asker: Asker | None = None,
    source: str = "sighting",
    once: str | None = None,
) -> int:
    """Ask who owns an asset or a place; gives the question's number. In a transaction of its own: see `ask_within`."""
    with transaction() as session:
        return ask_within(
            session, area_id=area_id, asset_id=asset_id, place=place, words=words, asker=asker, source=source, once=once
        )  # fmt: skip


def ask_within(  # noqa: PLR0913 - all by name
    session: Session,
    *,
    area_id: int,
    asset_id: int | None = None,
    place: Place | None = None,
    words: str,
    asker: Asker | None = None,
    source: str = "sighting",
    once: str | None = None,
) -> int:
    """The same as `ask` inside a transaction that is running already.

    Asking twice (the same form, or the same words about the same place within a minute) is asking once. A sighting
    of an asset that is asked about already joins that question.
    """
    # Asking is serialised, so that two clicks at once find each other.
    area = session.get(Area, area_id, with_for_update=True)
    if area is None or (asset_id is None and place is None):
        raise NotFound("no-place", "Say which place the question is about.")
    asset = _asset(session, area, asset_id)
    through = AskedThrough(source)
    said = masked(words.strip())[:LONGEST]
    role = Role.RESIDENT if through is AskedThrough.QUESTION else Role.PORTAL
    step = step_for(None, Action.ASK, {role}, Facts(said=bool(said)))
    question = _asked_already(session, area, asset, place, said, through, once)
    if question is None:
        question = _new(area, asset, place, said, through)
        question.once, question.group = once, _public_group(session, area, asker)
        session.add(question)
        session.flush()
        moves.record(session, question, step, role=role)
        _listen(session, question, asker, asked=True)
    elif _listen(session, question, asker, asked=False) and question.state in WAITING:
        follows = step_for(question.state, Action.FOLLOW, {role})
        moves.record(session, question, follows, role=role)
    return question.id


def follow(question_id: int, asker: Asker) -> Question:
    """Somebody else wants the answer too. Twice is the same as once."""
    with transaction() as session:
        question = moves.locked(session, question_id)
        follows = step_for(question.state, Action.FOLLOW, {Role.RESIDENT})
        if _listen(session, question, asker, asked=False):
            moves.record(session, question, follows, role=Role.RESIDENT)
    return question


def confirm(listener_id: int) -> None:
    """The owner of an address says that the letters may come. Twice is the same as once."""
    with transaction() as session:
        listener = _listener(session, listener_id)
        if listener.confirmed_at is None:
            listener.confirmed_at = clock.now()
            letters.receive(listener)


def leave(listener_id: int) -> None:
    """No more letters: the address is deleted at once, in the outbox too. Twice is the same as once."""
    with transaction() as session:
        if (listener := session.get(Listener, listener_id, with_for_update=True)) is not None:
            forget(letters.key_of(listener))
            session.delete(listener)


def withdraw(listener_id: int) -> Question:
    """Whoever asked takes the question back, as long as nobody else waits for the answer."""
    with transaction() as session:
        listener = _listener(session, listener_id)
        question = moves.locked(session, listener.question_id)
        moves.Turn(session, question, listener=listener).take(Action.WITHDRAW)
    return question


def unknown_holder(session: Session, area_id: int) -> Holder:
    """Whose assets are nobody's yet: one for an area, made when it is first needed. Inside a running transaction."""
    session.get(Area, area_id, with_for_update=True)  # two at once make one
    query = select(Holder).where(Holder.area_id == area_id, Holder.kind == HolderKind.UNKNOWN)
    holder = session.scalar(query.order_by(Holder.id).limit(1))
    if holder is None:
        holder = Holder(area_id=area_id, name=UNKNOWN, kind=HolderKind.UNKNOWN)
        session.add(holder)
        session.flush()
    return holder


def _new(area: Area, asset: Asset | None, place: Place | None, words: str, through: AskedThrough) -> Question:  # fmt: skip
    today = clock.today()
    profile = profiles.in_force(area.profile, today)
    label = _label(place) if place else asset.name
    address = label if asset is None else f"{asset.street or ''} {asset.postcode or ''}"
    return Question(
        area_id=area.id,
        state=QuestionState.ASKED,
        asset_id=asset and asset.id,
        place=label,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        address=address_key(address),
        words=words,
        through=through,
        asked_at=clock.now(),
        asked_on=today,
        due=due_of(today, profile, area.nation).due,
        profile=profile.name,
        profile_from=profile.effective_from,
    )


def _label(place: Place) -> str:
    return masked(place.label)[:300]


def _asked_already(  # noqa: PLR0913, PLR0917 - what makes two questions one
    session: Session,
    area: Area,
    asset: Asset | None,
    place: Place | None,
    words: str,
    through: AskedThrough,
    once: str | None,
) -> Question | None:
    """The question that this one is the second sending of."""
    same = and_(
        Question.words == words,
        Question.asked_at > clock.now() - moves.TWICE,
        Question.asset_id == asset.id if asset else Question.place == _label(place),
    )
    ways = [same, *([Question.once == once] if once else [])]
    if asset and through is AskedThrough.SIGHTING:
        ways.append(and_(Question.asset_id == asset.id, Question.state.in_(OPEN)))
    query = select(Question).where(Question.area_id == area.id, or_(*ways))
    return session.scalar(query.order_by(Question.id.desc()).limit(1))


def _listen(session: Session, question: Question, asker: Asker | None, *, asked: bool) -> bool:
    """Keep who wants to hear, and write the first letter; False for nobody, or somebody who is kept already."""
    if asker is None or not (asker.email or asker.user_id):
        return False
    user = session.get(User, asker.user_id) if asker.user_id else None
    email = check_email(asker.email) if asker.email else None
    for one in question.listeners:
        if (email and one.email == email) or (user and one.user_id == user.id):
            return False
    known = user is not None and email == user.email
    listener = Listener(
        question=question,
        asked=asked,
        user_id=user and user.id,
        name=asker.name or None,
        email=email,
        since=clock.now(),
        confirmed_at=clock.now() if known else None,
    )
    session.add(listener)
    session.flush()
    if email:
        (letters.receive if known else letters.ask_to_confirm)(listener)
    return True


def _asset(session: Session, area: Area, asset_id: int | None) -> Asset | None:
    if asset_id is None:
        return None
    asset = session.get(Asset, asset_id)
    if asset is None or asset.area_id != area.id or asset.withheld_why:
        raise NotFound("no-asset", "This place is not in the register.")
    return asset


def _public_group(session: Session, area: Area, asker: Asker | None) -> Group | None:
    """The group that is named as asking: one of the person's own, and never a private one."""
    if asker is None or not (asker.group_id and asker.user_id):
        return None
    group = session.get(Group, asker.group_id)
    if group is None or group.private or group.area_id != area.id:
        return None
    return group if group.id in group_ids(session.get_one(User, asker.user_id)) else None


def _listener(session: Session, listener_id: int) -> Listener:
    listener = session.get(Listener, listener_id, with_for_update=True)
    if listener is None:
        raise NotFound("no-listener", "The letters of this question have been stopped already.")
    return listener
