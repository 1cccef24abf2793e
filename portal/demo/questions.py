"""The questions about owners of the demonstration, each played by the services to where it stands today.

Each story below is a generator (see play.py): what it yields is how many days pass.
"""

from itertools import cycle

from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Postcode
from portal.areas.queries import Place, current_area
from portal.areas.rules import postcode_shown
from portal.db import db
from portal.demo import cast
from portal.ownership import answering, service
from portal.ownership.rules import Asker, OwnerKind
from portal.people.models import Group
from portal.register.models import Asset
from portal.register.rules import Kind, Status

ESTATES = "The council's estates team"


def stories():
    """(days ago, story) for every question."""
    plots = list(db.session.scalars(_vacant_plots()))
    if not plots:
        return
    # From the last one back: the cases of the demonstration take the first ones.
    for (days_ago, story), plot in zip(PROGRAMME, cycle(reversed(plots)), strict=False):
        yield days_ago, story(plot)


def _vacant_plots():
    query = select(Asset.id).where(
        Asset.area_id == current_area().id,
        Asset.kind == Kind.LAND,
        Asset.status == Status.VACANT,
        Asset.west.is_not(None),
        Asset.withheld_why.is_(None),
    )
    return query.order_by(Asset.id)


def _ask(words, person, *, asset_id=None, place=None, group=None):
    """Asked by somebody with an account who comes back to look, so that no letters need to go out."""
    user = cast.user(person)
    of = group and db.session.scalar(select(Group.id).where(Group.name == group.name))
    return service.ask(
        area_id=current_area().id,
        asset_id=asset_id,
        place=place,
        words=words,
        asker=Asker(name=user.name, user_id=user.id, group_id=of),
        source="question",
    )


def _broker():
    return cast.user(cast.BROKER).id


def _somewhere():
    """A place that no register has: beside the middle one of the postcodes, or nowhere on the map."""
    mine = Postcode.area_id == current_area().id
    count = db.session.scalar(select(func.count()).select_from(Postcode).where(mine)) or 0
    query = select(Postcode).where(mine).order_by(Postcode.code).offset(count // 2).limit(1)
    found = db.session.scalar(query)
    if found is None:
        return Place("Behind the old mill", None, None)
    return Place(f"Behind the garages, {postcode_shown(found.code)}", found.lon, found.lat)


def answered(plot):
    """The council's own lawyers knew, after they were asked twice."""
    number = _ask("Who owns this? We would like to plant it.", cast.NEIGHBOURS[0], asset_id=plot)
    yield 1
    answering.send_on(_broker(), number, name=ESTATES, why="The deeds may be with the lawyers.")
    yield 4
    asset = db.session.get_one(Asset, plot)
    body = asset.holder_id
    answering.note(_broker(), number, why="Land registry: one title covers the whole plot.")
    yield 2
    answering.answer(
        _broker(),
        number,
        kind=OwnerKind.HOLDER,
        holder_id=body,
        title_number="GM104522",
        said_by=ESTATES,
        document="Title register and plan",
        as_of=clock.today(),
        more="Nobody has a lease. A licence to garden can be asked for here.",
        in_register=True,
    )


def not_established(_plot):
    """Land without a title, and nobody who knows."""
    number = _ask("Whose are the garages? They have stood open since spring.", cast.WORRIED, place=_somewhere())  # fmt: skip
    yield 2
    answering.note(_broker(), number, why="Land registry: no title is registered here.")
    yield 5
    answering.not_established(
        _broker(),
        number,
        tried=[
            "The electoral roll and rates books since 1990.",
            "A notice on the gate for a week.",
        ],
        why="The last name in the rates books is of a company that was closed in 1994.",
    )


def overdue(plot):
    """Sent on, and still waiting."""
    number = _ask("Is this the railway's or the council's?", cast.NEIGHBOURS[1], asset_id=plot)
    yield 2
    answering.send_on(_broker(), number, name="The railway's property team")


def sent_on(plot):
    """Two want to know."""
    number = _ask("Who may use this, and whom do we ask for the key?", cast.NEIGHBOURS[0], asset_id=plot)  # fmt: skip
    yield 1
    answering.send_on(_broker(), number, name=ESTATES)
    other = cast.user(cast.NEIGHBOURS[1])
    service.follow(number, Asker(name=other.name, user_id=other.id))


def asked(plot):
    """A group that says who it is."""
    _ask("Does the council still hold this? We look for a place to garden.", cast.GARDEN.organiser, asset_id=plot, group=cast.GARDEN)  # fmt: skip
    yield 1


PROGRAMME = ((62, answered), (41, not_established), (24, overdue), (6, sent_on), (1, asked))
