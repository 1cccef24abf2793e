"""What people do on the portal, as `load` lets them do it: the mixture, and each visit request by request."""

import html
import random
import re
import time as clocks
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from portal import clock
from tests.bench.tiles import tile_at
from tests.conftest import csrf_token

PATIENCE = 60  # seconds
ASK = re.compile(r'href="(/rooms/\d+/ask\?[^"]*)"')
ON_ITS_WAY = "A letter is on its way"
ROWS_A_TILE, DEEP = 3, 14


@dataclass(frozen=True)
class Town:
    """What there is to look at, and who asks for rooms: (e-mail address, way to sign in, key of the group)."""

    assets: list[int]
    cases: list[int]
    postcodes: list[tuple[str, float, float]]
    organisers: list[tuple[str, str, int]]


@dataclass
class Told:
    """What one person met: milliseconds by kind, what went wrong, what was promised."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    refused: Counter = field(default_factory=Counter)
    signed: list[str] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)


class Person:
    """A browser with its cookies, one connection, and dice of its own."""

    def __init__(self, number: int, port: int, town: Town, seed: str) -> None:
        self.town, self.told, self.dice = town, Told(), random.Random(f"{seed}-{number}")
        self.name = f"{seed}-{number}"
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.cookies: dict[str, str] = {}
        self.visits = 0
        self.email, link, self.group = town.organisers[number % len(town.organisers)]
        self.comes_from = "10.0.0.1"
        self.send("signing in", link)

    def ask(
        self, kind: str, path: str, form: dict | None = None, good=(200,)
    ) -> tuple[int, str, str]:
        """One request: status, page, where it leads. Anything but a good answer is an error."""
        headers = {"X-Forwarded-For": self.comes_from}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        began = clocks.perf_counter()
        try:
            self.connection.request("POST" if body else "GET", path, body, headers)
            answer = self.connection.getresponse()
            page = answer.read()
        except OSError as error:
            self.told.errors.append(f"{kind}: {type(error).__name__}: {error}")
            self.connection.close()
            return 0, "", ""
        self.told.took[kind].append((clocks.perf_counter() - began) * 1000)
        for said in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(said).items()}
        if answer.status not in good:
            self.told.errors.append(f"{kind}: {answer.status} to {path}: {page[:2000]!r}")
        return answer.status, page.decode(errors="replace"), answer.headers.get("Location", "")

    def send(self, kind: str, path: str, good=(302,), **typed: str) -> tuple[int, str, str]:
        """The page of a form, then the form."""
        _, page, _ = self.ask(f"{kind}: the form", path)
        return self.ask(kind, path, typed | {"csrf_token": csrf_token(page)}, good)

    def visit(self) -> None:
        """One visit from an address of its own, whichever the dice say."""
        self.visits += 1
        self.comes_from = ".".join(str(self.dice.randrange(1, 255)) for _ in range(4))
        self.dice.choices([what for what, _ in MIX], [often for _, often in MIX])[0](self)

    def near(self) -> tuple[str, float, float]:
        return self.dice.choice(self.town.postcodes)


def look_around(one: Person) -> None:
    """The first page, the list of buildings, one of them, how it works."""
    one.ask("first page", "/")
    one.ask("list of places", "/assets?kind=building&status=occupied")
    one.ask("place", f"/assets/{one.dice.choice(one.town.assets)}")
    one.ask("how it works", "/how-it-works")


def read_a_case(one: Person) -> None:
    """The list of cases, one of them, its petition."""
    case = one.dice.choice(one.town.cases)
    one.ask("list of cases", "/cases")
    one.ask("case", f"/cases/{case}")
    one.ask("petition", f"/cases/{case}/petition")


def search_near(one: Person) -> None:
    """Places near a postcode, as a list and as data for a map."""
    code, lon, lat = one.near()
    one.ask("list of places", f"/assets?{urlencode({'near': code, 'within': 2000})}")
    one.ask("places as data", f"/assets.geojson?near={lat},{lon}&within=2000&limit=50")


def move_the_map(one: Person) -> None:
    """Nine tiles around a postcode."""
    x, y = _tile(*one.near()[1:])
    for n in range(ROWS_A_TILE**2):
        one.ask(
            "tile",
            f"/tiles/{DEEP}/{x + n % ROWS_A_TILE}/{y + n // ROWS_A_TILE}.mvt",
            good=(200, 204),
        )


def find_a_room(one: Person) -> str:
    """A room for a term near a postcode."""
    return one.ask("search for a room", f"/rooms/find?{_need(one)}")[1]


def ask_for_a_room(one: Person) -> None:
    """Find one, ask for it, look at what was asked for."""
    links = ASK.findall(find_a_room(one))
    if not links:
        return
    path = html.unescape(one.dice.choice(links))
    group, good = str(one.group), (302, 409)
    status, page, where = one.send(
        "asking", path, good, group=group, insurance="venue", safeguarding="y"
    )
    if status == 302 and (let := re.search(r"/lets/(\d+)", where)):
        one.told.asked.append(int(let[1]))
        one.ask("let", where)
    elif status == 409:
        one.told.refused["taken" if "aken" in page else page[:500]] += 1
    elif status == 302:
        one.told.refused[f"led to {where.partition('?')[0]}"] += 1


def sign_a_petition(one: Person) -> None:
    """A neighbour's signature; its letter goes to the outbox."""
    email = f"{one.name}-{one.visits}@example.org"
    path = f"/cases/{one.dice.choice(one.town.cases)}/petition"
    typed = {"name": "A neighbour", "email": email, "postcode": one.near()[0], "here": "y"}
    _, page, _ = one.send("signing", path, (200,), **typed)
    if ON_ITS_WAY in page:
        one.told.signed.append(email)
    else:
        one.told.errors.append(f"signing: no word of a letter: {page[:3000]!r}")


# Of a hundred visits.
MIX: tuple[tuple[Callable[[Person], object], int], ...] = (
    (look_around, 25),
    (read_a_case, 15),
    (search_near, 20),
    (move_the_map, 10),
    (find_a_room, 12),
    (ask_for_a_room, 8),
    (sign_a_petition, 10),
)


def _need(one: Person) -> str:
    """An evening hour a week for some weeks, hardly ever the same as another's."""
    day = one.dice.randrange(7)
    soon = clock.today() + timedelta(weeks=one.dice.randrange(2, 40))
    first = soon + timedelta(days=(day - soon.weekday()) % 7)
    last = first + timedelta(weeks=one.dice.randrange(3, 8))
    begins = one.dice.randrange(9, 20)
    asked: list[tuple[str, object]] = [
        ("day", day), ("starts", f"{begins:02}:00"), ("ends", f"{begins + 1:02}:00"), ("every", 1), ("people", 8),
        ("near", one.near()[0]), ("within", 3), ("pay", 30),
    ]  # fmt: skip
    for name, when in (("first", first), ("last", last)):
        asked += [(f"{name}-{part}", getattr(when, part)) for part in ("day", "month", "year")]
    return urlencode(asked)


def _tile(lon: float, lat: float) -> tuple[int, int]:
    """The tile north-west of a place's own."""
    _, x, y = tile_at(DEEP, lon, lat)
    return x - 1, y - 1
