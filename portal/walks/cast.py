"""The small area that a walk is played in, and who takes part in it."""

from dataclasses import dataclass
from datetime import date, timedelta

from shapely import box

from portal import clock
from portal.areas.models import Area, Postcode
from portal.areas.profile import in_force
from portal.areas.rules import Nation
from portal.db import db, transaction
from portal.people import service as people
from portal.people.models import Group, Holder, Membership, User
from portal.people.queries import forget_area
from portal.people.rules import GroupKind, HolderKind, Role
from portal.proposals.models import Proposal
from portal.register.models import Asset
from portal.register.rules import LocatedBy, Status
from portal.walks.stories import Story


@dataclass
class Cast:
    """Who takes part, by user id, and the case they meet over."""

    area_id: int
    asset_id: int
    group_id: int
    people: dict[str, int]
    rival_group_id: int = 0
    case_id: int = 0
    rival_id: int = 0

    @property
    def case(self) -> Proposal:
        return db.session.get_one(Proposal, self.case_id, populate_existing=True)

    @property
    def nation(self) -> Nation:
        return db.session.get_one(Area, self.area_id).nation

    @property
    def rival(self) -> Proposal:
        return db.session.get_one(Proposal, self.rival_id, populate_existing=True)


def make(
    story: Story, first_day: date, *, resolution: bool = True, profile: str = "pilot_compact"
) -> Cast:
    """An area that goes by this profile, with everybody in it."""
    nation = nation_of(profile, first_day)
    with transaction() as session:
        area = Area(
            slug="walk",
            name="Walk",
            nation=nation,
            profile=profile,
            boundary=box(-2.4, 53.3, -2.2, 53.5),
            resolution_reference="Council minute 12" if resolution else None,
            resolution_on=first_day - timedelta(days=30) if resolution else None,
            senior_officer="The director of place <director@council.example>",
        )
        session.add(area)
        session.flush()
        session.add(Postcode(area_id=area.id, code="MW11AA", lon=-2.3005, lat=53.4002))
        council = Holder(area_id=area.id, name="Walk Borough Council", kind=HolderKind.COUNCIL)
        session.add(council)
        session.flush()
        plot = Asset(
            area_id=area.id,
            holder_id=council.id,
            kind=story.kind,
            status=Status.VACANT,
            code="W-1",
            name=story.place,
            shape=box(-2.301, 53.4, -2.3, 53.4005),
            located_by=LocatedBy.COORDINATES,
            created_at=clock.now(),
            changed_at=clock.now(),
        )
        group = Group(
            area_id=area.id,
            name=story.group,
            kind=kind_of_group(profile, first_day),
            private=False,
            created_at=clock.now(),
        )
        rivals = Group(
            area_id=area.id,
            name="The other street",
            kind=group.kind,
            private=False,
            created_at=clock.now(),
        )
        names = {"rosa": "Rosa", "rival": "Ed", "neighbour": "Anil", "critic": "Hugh"}
        users = {
            key: User(email=f"{key}@walk.example", name=name, created_at=clock.now())
            for key, name in names.items()
        }
        session.add_all([plot, group, rivals, *users.values()])
        session.flush()
        session.add(Membership(user_id=users["rosa"].id, group_id=group.id))
        session.add(Membership(user_id=users["rival"].id, group_id=rivals.id))
        ids = {key: user.id for key, user in users.items()}
        cast = Cast(area.id, plot.id, group.id, ids, rivals.id)
        council_id = council.id
    forget_area()
    for key, role in STAFF.items():
        acts_for = council_id if role is Role.OFFICER else None
        user = people.give_role(
            f"{key}@walk.example", role, name=key.capitalize(), holder_id=acts_for
        )
        cast.people[key] = user.id
    return cast


STAFF = {
    "broker": Role.BROKER,
    "officer": Role.OFFICER,
    "panel1": Role.PANEL,
    "panel2": Role.PANEL,
    "panel3": Role.PANEL,
    "chair": Role.CHAIR,
    # Who has judged a case does not review it.
    "panel4": Role.PANEL,
    "panel5": Role.PANEL,
    "panel6": Role.PANEL,
    "chair2": Role.CHAIR,
}


def nation_of(profile: str, first_day: date) -> Nation:
    """A nation in which the profile may be used."""
    nations = in_force(profile, first_day).nations
    return Nation(nations[0]) if nations else Nation.ENGLAND


def kind_of_group(profile: str, first_day: date) -> GroupKind:
    """Neighbours without a constitution, where the profile lets them ask."""
    kinds = in_force(profile, first_day).may_ask
    free = not kinds or GroupKind.UNCONSTITUTED in kinds
    return GroupKind.UNCONSTITUTED if free else GroupKind.ASSOCIATION
