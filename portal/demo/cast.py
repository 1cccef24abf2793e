"""The people of the demonstration. All are invented; their addresses end in a domain nobody can own."""

from dataclasses import dataclass

from portal.people import queries, service
from portal.people.models import Group, User
from portal.people.rules import GroupKind, Role

DOMAIN = "demo.example"


@dataclass(frozen=True)
class Person:
    key: str  # the address before the @
    name: str

    @property
    def email(self):
        return f"{self.key}@{DOMAIN}"


@dataclass(frozen=True)
class Neighbours:
    """A group and its organiser."""

    name: str
    kind: GroupKind
    organiser: Person
    private: bool = False
    sponsor: str | None = None


ADMINISTRATOR = Person("administrator", "Moira Tindall")
BROKER = Person("broker", "Dev Ashworth")
PANEL = (Person("panel.one", "Hanna Osei"), Person("panel.two", "Piotr Lund"))
CHAIR = Person("chair", "Grace Marlowe")
KEYHOLDER = Person("keyholder", "Nesta Quill")
NEIGHBOURS = (Person("neighbour.one", "Sal Whitmore"), Person("neighbour.two", "Kofi Brand"))
WORRIED = Person("neighbour.three", "Edna Frost")
OFFICERS = (
    "Colin Speight",
    "Sunita Rao",
    "Ellis Garner",
    "Farah Nolan",
    "Owen Pike",
    "Jean Tarrant",
)

STROKE = Neighbours(
    "The Stroke Circle", GroupKind.UNCONSTITUTED, Person("stroke", "Ruth Okafor"), private=True
)
GARDEN = Neighbours(
    "Corner Patch Gardeners", GroupKind.UNCONSTITUTED, Person("garden", "Bill Haddon")
)
YOUTH = Neighbours("Lantern Youth Theatre", GroupKind.CIO, Person("theatre", "Amina Yusuf"))
MENDERS = Neighbours("The Mending Bench", GroupKind.CIC, Person("menders", "Jo Pender"))
ORCHARD = Neighbours(
    "Fruit for All",
    GroupKind.ASSOCIATION,
    Person("orchard", "Tomasz Bell"),
    sponsor="Allotment Holders' Union",
)
FOOD = Neighbours("Full Plate Kitchen", GroupKind.CHARITY, Person("kitchen", "Doreen Achebe"))
GROUPS = (STROKE, GARDEN, YOUTH, MENDERS, ORCHARD, FOOD)


def enter(holders):
    """Give everybody their account, role and group. `holders`: each gets an officer."""
    service.give_role(ADMINISTRATOR.email, Role.ADMINISTRATOR, name=ADMINISTRATOR.name)
    service.give_role(BROKER.email, Role.BROKER, name=BROKER.name)
    service.give_role(CHAIR.email, Role.CHAIR, name=CHAIR.name)
    for person in PANEL:
        service.give_role(person.email, Role.PANEL, name=person.name)
    for person, holder in officers(holders):
        service.give_role(person.email, Role.OFFICER, name=person.name, holder_id=holder.id)
    for person in (*NEIGHBOURS, WORRIED, KEYHOLDER):
        _sign_in(person)
    for group in GROUPS:
        _start(group)


def officers(holders):
    """(person, holder) for each holder; the first, who holds most, has the plain address."""
    for number, holder in enumerate(holders):
        key = "officer" if number == 0 else f"officer.{number + 1}"
        yield Person(key, OFFICERS[number % len(OFFICERS)]), holder


def user(person) -> User:
    """The account of one of the cast."""
    return queries.user_by_email(person.email)


def group(neighbours) -> Group:
    """The group as the portal knows it."""
    return next(
        g for g in queries.groups_of(user(neighbours.organiser)) if g.name == neighbours.name
    )


def roles():
    """Whom a visitor may be: role as shown, person, and for whom."""
    yield "Administrator", ADMINISTRATOR, "sets the area up"
    yield "Broker", BROKER, "finds, validates, lets"
    yield "Officer", Person("officer", OFFICERS[0]), "acts for the holder of most assets"
    yield "Keyholder", KEYHOLDER, "opens a building, keeps its keys"
    yield "Panel", PANEL[0], "scores the benefit test"
    yield "Panel", PANEL[1], "scores the benefit test"
    yield "Chair", CHAIR, "decides with the panel"
    for neighbours in GROUPS:
        yield "Organiser", neighbours.organiser, neighbours.name
    yield "Resident", NEIGHBOURS[0], "speaks for or against"


def _sign_in(person):
    """Sign in for the first time and give a name, as anybody would."""
    token = service.make_link(person.email).rpartition("/")[2]
    account, _ = service.use_link(token)
    service.set_name(account.id, person.name)
    return account


def _start(neighbours):
    service.start_group(
        _sign_in(neighbours.organiser).id,
        name=neighbours.name,
        kind=neighbours.kind,
        private=neighbours.private,
        sponsor=neighbours.sponsor,
    )
