"""What the page about a profile shows: clauses with who acts and how long, and the states drawn from the table."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.areas.counting import UNITS, how_counted
from portal.areas.models import Area
from portal.areas.profile import Clause, Period, Petition, Profile
from portal.areas.rules import Nation
from portal.people.rules import Role
from portal.policy import words
from portal.policy.drawing import BOX, HIGH, Drawing, draw
from portal.policy.rules import Way, steps_of, ways_of
from portal.proposals.letters import senior_name
from portal.proposals.rules import State, Track
from portal.states import role_words, state_words

LETTERS = 13  # that fit into a box of the drawing
LINE = 15  # units from one line of a label to the next


@dataclass(frozen=True)
class Length:
    """A period as the page tells it, with what would be its last day if it began today."""

    name: str
    long: str
    due: date
    sentences: list[str]
    source: str


@dataclass(frozen=True)
class Told:
    """A clause with who acts under it and what runs under it."""

    clause: Clause
    who: str
    lengths: list[Length]


def explained(profile: Profile, area: Area, nation: Nation) -> dict[str, Any]:
    """Everything that the page shows of a profile."""
    drawing = draw(profile)
    return {
        "profile": profile,
        "parts": list(_parts(profile, nation)),
        "silence": _silence(profile, area),
        "who_may_ask": ", ".join(str(words.KINDS[kind]) for kind in words.KINDS if kind in profile.may_ask),
        "answers": words.ANSWERS,
        "tracks": words.TRACKS,
        "hearings": [words.HEARING_FOR[name] for name in profile.hearing_for],
        "petitions": [(words.TRACKS[track], petition_words(p)) for track, p in profile.petitions.items()],
        "repeat": profile.blocks.get("repeat"),
        "blocks": [
            (block, _tracks(block.tracks))
            for name, block in profile.blocks.items()
            if name != "repeat" and (not block.nations or nation in block.nations)
        ],
        "drawing": drawing,
        "labels": [(box, _label(box.state.value), state_words(box.state.value)[1]) for box in drawing.boxes],
        "box": (BOX, HIGH),
        "line": LINE,
        "floor": f"{profile.floor:f}".rstrip("0").rstrip(".") or "0",
        "ways": _table(profile, [end for end, _sources in drawing.told]),
        "told": [(_name(end), ", ".join(_name(source) for source in sources)) for end, sources in drawing.told],
        "alt": _alt(drawing),
    }  # fmt: skip


def _parts(profile: Profile, nation: Nation) -> Iterator[tuple[str, list[Told]]]:
    named = {name for _title, names in words.PARTS for name in names}
    rest = tuple(name for name in profile.clauses if name not in named)
    for title, names in (*words.PARTS, (words.OTHER, rest)):
        told = [_told(profile, name, nation) for name in names if name in profile.clauses]
        if told:
            yield str(title), told


def _told(profile: Profile, clause: str, nation: Nation) -> Told:
    roles = {role for row in steps_of(profile) if row.clause == clause for role in row.roles}
    return Told(
        profile.clauses[clause],
        ", ".join(role_words(role.value) for role in Role if role in roles),
        [_length(period, nation) for period in profile.periods.values() if period.clause == clause],
    )


def _length(period: Period, nation: Nation) -> Length:
    counted = period.counted(clock.today(), nation)
    return Length(
        str(words.PERIODS.get(period.name, period.name)),
        _long(period, nation),
        counted.due,
        how_counted(counted),
        period.source,
    )


def _long(period: Period, nation: Nation) -> str:
    """How long, and from when: 20 working days from the day the proposal is published."""
    long = str(UNITS[period.unit]) % {"number": period.number_for(nation)}
    if period.runs_from in words.PERIODS and period.runs_from not in words.FROM:
        start = _("from the end of “%(period)s”", period=words.PERIODS[period.runs_from])
    else:
        start = str(words.FROM.get(period.runs_from, ""))
    return f"{long} {start}".strip()


def petition_words(petition: Petition) -> str:
    """How many have to sign, in one sentence."""
    share = _("%(percent)s%% of the residents", percent=f"{(petition.share or 0) * 100:f}".rstrip("0").rstrip("."))  # fmt: skip
    if petition.share is None:
        return _("%(count)s signatures", count=petition.count)
    if petition.count is None:
        return share
    return _("%(count)s signatures or %(share)s, whichever is fewer", count=petition.count, share=share)  # fmt: skip


def _silence(profile: Profile, area: Area) -> str:
    """What it means here that nobody decides in time."""
    if profile.silence == "review":
        return _("Nothing is granted. The group may ask for a review as if it had been refused.")
    goes_to = senior_name(area) or _("the senior officer")
    if profile.silence == "escalate":
        return _("Nothing is granted. The case goes to %(officer)s and is shown as overdue.", officer=goes_to)  # fmt: skip
    if area.resolution_reference:
        return _("The use is granted by default, because the council adopted this by its resolution %(reference)s.", reference=area.resolution_reference)  # fmt: skip
    return _("The council has not adopted this by a resolution, so nothing is granted: the case goes to %(officer)s and is shown as overdue.", officer=goes_to)  # fmt: skip


def _tracks(names: tuple[str, ...]) -> str:
    return ", ".join(str(words.TRACKS[track]) for track in Track if track in names)


def _name(state: str) -> str:
    return state_words(state)[0]


def _label(state: str) -> list[str]:
    return textwrap.wrap(_name(state), LETTERS)


def _table(profile: Profile, told: list[State]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The drawing in words: for each state, what can happen (sentence, who, what it is then), without the ends told apart."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for way in ways_of(profile):
        if way.target in told:
            continue
        found.setdefault(_name(way.source), []).extend(_said(way))
    return list(found.items())


def _said(way: Way) -> Iterator[tuple[str, str, str]]:
    for sentence in dict.fromkeys(row.sentence for row in way.rows):
        roles = {role for row in way.rows if row.sentence == sentence for role in row.roles}
        who = ", ".join(role_words(role.value) for role in Role if role in roles)
        yield _(sentence), who, _name(way.target)


def _alt(drawing: Drawing) -> str:
    return _(
        "A drawing of %(states)s states and the %(ways)s ways between them. The table below says the same in words.",
        states=len(drawing.boxes),
        ways=len(drawing.arrows),
    )
