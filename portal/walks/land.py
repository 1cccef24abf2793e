"""The worked examples of the source document, played day by day through the services, on a moving clock.

A throw-away database is given; a walk makes its own small area in it, moves the clock to every day from the first
on, lets the night's `tick` run, and lets people do what the script says for that day.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from portal import clock
from portal.areas.calendar import working_day
from portal.areas.rules import Nation
from portal.agreements import negotiating, terms
from portal.agreements import service as agreements
from portal.proposals import declaring, holder, panel, service
from portal.proposals.benefit import Side
from portal.proposals.files import Sent
from portal.proposals.rules import State, Track
from portal.proposals.standing import profile_of
from portal.proposals.tick import tick
from portal.snapshots import snapshot
from portal.walks.cast import Cast, make
from portal.walks.stories import BUILDING, LAND, Story

NIGHT, MORNING = time(0, 5), time(10, 0)
# Nobody decides, nobody hands over: long after the last day of any case.
LONGEST = timedelta(days=400)


def walk_land(first_day: date, *, silent: bool = False, resolution: bool = True) -> dict:
    """A gardening group of neighbours claims a vacant plot."""
    return _walk(LAND, first_day, silent=silent, resolution=resolution)


def walk_building(first_day: date, *, silent: bool = False, resolution: bool = True) -> dict:
    """A group claims an empty building."""
    return _walk(BUILDING, first_day, silent=silent, resolution=resolution)


def _walk(story: Story, first_day: date, *, silent: bool, resolution: bool) -> dict:
    with _day(first_day, MORNING):
        cast = make(story, first_day, resolution=resolution)
    script = OPENING if silent else OPENING + ANSWERED
    todo: dict[date, list[Callable[[Cast, Story], None]]] = {}
    for number, act in script:
        on = working_day(number, first_day, Nation.ENGLAND).due if number else first_day
        todo.setdefault(on, []).append(act)
    day = first_day
    while day <= first_day + LONGEST and not _over(cast, silent=silent):
        with _day(day, NIGHT):
            tick()
        with _day(day, MORNING):
            for act in todo.get(day, ()):
                act(cast, story)
        day += timedelta(days=1)
    return _told(cast)


def _over(cast: Cast, *, silent: bool) -> bool:
    ends = (State.GRANTED_BY_DEFAULT, State.ESCALATED) if silent else (State.IN_USE,)
    return bool(cast.case_id) and cast.case.state in ends


@contextmanager
def _day(on: date, hour: time) -> Iterator[None]:
    with clock.at(datetime.combine(on, hour, clock.LONDON)):
        yield


def _told(cast: Cast) -> dict:
    """The walk as the command line prints it."""
    case = cast.case
    due = case.due
    return {
        "track": case.track.value,
        "outcome": (case.decision.outcome if case.decision else case.state).value,
        "due": {
            "holder_response": due["holder_response"].isoformat(),
            "representations_close": due["representations"].isoformat(),
            "decision": due["decision"].isoformat(),
        },
        "steps": [
            {
                "on": event.on.isoformat(),
                "state": event.to_state.value,
                "role": event.role.value,
                "action": event.action.value,
                "why": " ".join(part for part in (event.sentence, event.why) if part),
                "clause": event.clause,
            }
            for event in case.events
        ],
    }


# ---- who does what; the numbers are working days after the first day


def _lodge(cast: Cast, story: Story) -> None:
    rosa = cast.people["rosa"]
    cast.case_id = service.start(cast.asset_id, rosa, cast.group_id).id
    service.save_draft(cast.case_id, rosa, story.proposal, story.benefits)
    if cast.case.track in profile_of(cast.case).interest_first:
        declaring.register_interest(cast.case_id, rosa)
    service.lodge(cast.case_id, rosa)


def _validate(cast: Cast, _story: Story) -> None:
    service.validate(cast.case_id, cast.people["broker"])


def _show_sign(cast: Cast, _story: Story) -> None:
    if cast.case.track is not Track.LAND:
        return
    photo = Sent(snapshot("the sign at the gate"), "sign.jpg", "The sign at the gate.")
    declaring.show_sign(cast.case_id, cast.people["rosa"], photo, clock.today())


def _support(cast: Cast, _story: Story) -> None:
    words = "I live next door and would rather look at beans than at fly-tipping."
    service.represent(cast.case_id, cast.people["neighbour"], supports=True, words=words)


def _oppose(cast: Cast, _story: Story) -> None:
    words = "Where will the cars of the visitors stand?"
    service.represent(cast.case_id, cast.people["critic"], supports=False, words=words)


def _answer(cast: Cast, _story: Story) -> None:
    words = "Everybody comes on foot: the garden is for the four streets around it."
    answers = {r.id: words for r in cast.case.representations if not r.supports}
    service.answer(cast.case_id, cast.people["rosa"], answers)


def _name_alternative(cast: Cast, _story: Story) -> None:
    plan = {
        "name": "Overflow car park",
        "use": "Parking for the leisure centre on event days.",
        "begins": clock.today() + timedelta(days=700),
        "budget_line": "Transport capital 2027, line 14",
        "document": "Parking strategy 2025, page 31",
    }
    benefits = {"regeneration": ("Thirty spaces on ten days a year.", "Counts of event traffic.")}
    officer = cast.people["officer"]
    holder.name_alternative(cast.case_id, officer, planned=True, plan=plan, benefits=benefits)


def _check(cast: Cast, _story: Story) -> None:
    answers = dict.fromkeys(profile_of(cast.case).capacity, (True, "Seen by the broker."))
    panel.check_capacity(cast.case_id, cast.people["broker"], answers)


def _scores(member: int) -> Callable[[Cast, Story], None]:
    def act(cast: Cast, story: Story) -> None:
        sheet = {}
        for criterion in profile_of(cast.case).criteria:
            ours, theirs = story.points.get(criterion, ((1, 1), (1, 1)))
            sheet[Side.PROPOSAL, criterion] = (ours[member], "From the proposal and its evidence.")
            sheet[Side.ALTERNATIVE, criterion] = (theirs[member], "From the holder's document.")
        panel.score(cast.case_id, cast.people[f"panel{member + 1}"], sheet)

    return act


def _decide(cast: Cast, _story: Story) -> None:
    panel.decide(cast.case_id, cast.people["chair"])


def _draft(cast: Cast, story: Story) -> None:
    said = {
        "starts_on": clock.today() + timedelta(days=14),
        "term_months": story.proposal["term_months"],
    }
    negotiating.draft_agreement(cast.case_id, cast.people["broker"], said)


def _accepts(who: str) -> Callable[[Cast, Story], None]:
    def act(cast: Cast, _story: Story) -> None:
        there = terms.now_of(terms.current(cast.case_id))
        shown = {key: now.row.version for key, now in there.items()}
        negotiating.accept_terms(cast.case_id, cast.people[who], shown)

    return act


def _signs(who: str, name: str) -> Callable[[Cast, Story], None]:
    def act(cast: Cast, _story: Story) -> None:
        shown_hash = terms.current(cast.case_id).sha256
        agreements.sign(cast.case_id, cast.people[who], name=name, shown_hash=shown_hash)

    return act


def _hand_over(cast: Cast, _story: Story) -> None:
    agreements.hand_over(cast.case_id, cast.people["broker"], "Keys and photographs exchanged.")


OPENING = ((0, _lodge), (0, _validate), (0, _show_sign), (3, _support), (8, _oppose))
ANSWERED = (
    (22, _answer),
    (28, _name_alternative),
    (33, _check),
    (34, _scores(0)),
    (36, _scores(1)),
    (38, _decide),
    (42, _draft),
    (43, _accepts("rosa")),
    (43, _accepts("officer")),
    (44, _signs("rosa", "Rosa")),
    (45, _signs("officer", "Officer")),
    (50, _hand_over),
)
