"""Opening hours as people write them, read into OSM `opening_hours` text. Pure but for the parser that checks the outcome.

Nothing is guessed: one word that is not known, or one time that could be morning or evening, and the text is unread.
"Mon-Fri 9-5" can only be one thing; "Mon 9-11" may end before noon or at night, so a person must say.
"""

import re
from collections.abc import Mapping
from itertools import pairwise, product
from typing import NamedTuple

from opening_hours import validate

from portal.intake.said import (
    DAYS,
    EARLIEST,
    HOLIDAY,
    LONGEST,
    MIDNIGHT,
    NOON,
    Token,
    by_the_clock,
    tokens_of,
)

LATEST = 6 * 60  # what began the evening before is over by six
MOST = 4  # stretches in a day
FITS = 300  # letters in the register's column; a week is never cut short

Stretch = tuple[int, int]  # minutes since midnight; ends after 1440 when it passes midnight
Week = dict[str, list[Stretch]]  # a day with nothing is closed


class Heard(NamedTuple):
    """What a text comes to; without `osm`, `unread` is the part that was not understood."""

    osm: str | None
    unread: str = ""


class _UnreadError(Exception):
    """Said of the part of a text that is not surely understood."""


# The grammar, over the marks of `said.py`: "Mon-Fri 9-5, Sat 10-1" is d-dt-t&dt-t.
_SPAN = "(?:A|t[-o]t|bt[&o]t)"
_HOURS = f"(?P<hours>{_SPAN}(?:&+{_SPAN})*|c)"
_DAYS = "(?P<days>d(?:[-o]d)?(?:&+d(?:[-o]d)?)*)"
_LUNCH = "cl?(?P<lunch>b?t[-o&]t)l?"
_DAYS_FIRST = re.compile(f"&*{_DAYS}[-&]?{_HOURS}(?:&*{_LUNCH})?(?=&*(?:[dcx]|$))")
_HOURS_FIRST = re.compile(f"&*{_HOURS}(?:&*{_LUNCH})?&?{_DAYS}(?=&*(?:[tbAcx]|$))")
_SHUT = re.compile(f"&*[cx]{_DAYS}$")
_LUNCH_ALONE = re.compile(f"&*{_LUNCH}$")


def weekly_hours(text: str) -> str | None:
    """A week's opening hours in OSM syntax, like "Mo-Fr 08:00-18:00; PH off"; None unless all of it is understood.

    Wall time. A day that the text does not name, or calls closed, is not open.
    """
    return hear(text).osm


def unread(text: str) -> str:
    """The part of a text that `weekly_hours` cannot read, in the writer's words; empty when all of it is read."""
    return hear(text).unread


def hours_of_days(cells: Mapping[str, str]) -> str | None:
    """A week's opening hours from one text a day, by "Mo" to "Su" and "PH"; None unless every text is understood.

    A day that is left out is not open; an empty text says nothing, so the week is not known.
    """
    return hear_days(cells).osm


def hear(text: str) -> Heard:
    """What the text of a whole week comes to, or which part of it is not understood."""
    try:
        return _written(_week(text, None), text)
    except _UnreadError as found:
        return Heard(None, str(found) or "—")


def hear_days(cells: Mapping[str, str]) -> Heard:
    """What one text for each day comes to, or which day's text is not understood."""
    week: Week = {}
    for day, text in cells.items():
        try:
            week |= _week(text, day)
        except _UnreadError as found:
            return Heard(None, f"{day}: {found}")
    return _written(week, ", ".join(cells.values()))


def _week(text: str, day: str | None) -> Week:
    """Day by day what a text says; a text that names no day speaks of `day`."""
    tokens = by_the_clock(list(tokens_of(text[:LONGEST])))
    strange = " ".join(token.text for token in tokens if token.mark == "?")
    if strange or not tokens or len(text) > LONGEST:
        raise _UnreadError(strange or text[:LONGEST].strip())
    if not any(token.days for token in tokens):
        tokens = _about(tokens, day)
    week: Week = {}
    for sentence in _sentences(tokens):
        _hear_sentence(sentence, week)
    if day and set(week) != {day}:
        raise _UnreadError(text.strip())
    return week


def _about(tokens: list[Token], day: str | None) -> list[Token]:
    """A text that names no day, with the day it speaks of; round the clock is every day."""
    if day is None and [token.mark for token in tokens] != ["A"]:
        raise _UnreadError(_text(tokens))
    joined = [token._replace(mark="&") if token.mark == ";" else token for token in tokens]
    return [Token("d", "", days=(day,) if day else DAYS), *joined]


def _sentences(tokens: list[Token]) -> list[list[Token]]:
    """The words between full stops; a line with nothing but days belongs to the next."""
    sentences: list[list[Token]] = [[]]
    for token in tokens:
        if token.mark != ";":
            sentences[-1].append(token)
        elif any(t.mark in "tcA" for t in sentences[-1]):
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def _hear_sentence(tokens: list[Token], week: Week) -> None:
    """Add to the week what one sentence says."""
    marks = "".join(token.mark for token in tokens).rstrip("&")
    pattern = _DAYS_FIRST if marks.lstrip("&").startswith("d") else _HOURS_FIRST
    at = 0
    while at < len(marks):
        if shut := _SHUT.match(marks, at):
            week |= {day: [] for day in _days(tokens, shut)}
            return
        if at == 0 and (lunch := _LUNCH_ALONE.match(marks)):
            _close(tokens, lunch, week, list(week))
            return
        said = pattern.match(marks, at)
        if said is None:
            raise _UnreadError(_text(tokens[at:]))
        _hear_entry(tokens, said, week)
        at = said.end()


def _hear_entry(tokens: list[Token], said: re.Match[str], week: Week) -> None:
    """Days with their hours; a day that was said before is a contradiction, except to close it."""
    days, words = _days(tokens, said), tokens[slice(*said.span("hours"))]
    shut = said["hours"] == "c"
    if len(set(days)) < len(days) or (not shut and set(days) & set(week)):
        raise _UnreadError(_text(tokens))
    stretches = [] if shut else _stretches(words)
    whole = [day for day, before in week.items() if len(before) == 1]
    week |= dict.fromkeys(days, stretches)
    if said["lunch"]:
        if whole:  # "Mon 9-5, Tue 9-6, closed for lunch 1-2": on both days, or on Tuesday?
            raise _UnreadError(_text(tokens))
        _close(tokens, said, week, days)


def _days(tokens: list[Token], said: re.Match[str]) -> list[str]:
    """The days of a list like "Mon, Wed-Fri and bank holidays"."""
    words = tokens[slice(*said.span("days"))]
    days: list[str] = []
    for before, token in zip([None, *words], words, strict=False):
        if before is not None and before.mark in "-o":
            first, last = days[-1], token.days[0]
            if len(token.days) > 1 or HOLIDAY in {first, last}:
                raise _UnreadError(_text(words))
            count = (DAYS.index(last) - DAYS.index(first)) % 7
            days += [DAYS[(DAYS.index(first) + step + 1) % 7] for step in range(count)]
        else:
            days += token.days
    return days


def _stretches(words: list[Token]) -> list[Stretch]:
    """The one way in which all stretches of a day can follow each other; else the words are unread."""
    if any(word.mark == "A" for word in words):
        return [(0, MIDNIGHT)]
    times = [word for word in words if word.mark == "t"]
    spans = [list(_spans(*pair)) for pair in zip(times[::2], times[1::2], strict=True)]
    ways = [
        way
        for way in product(*spans[:MOST])
        if all(before[1] <= after[0] for before, after in pairwise(way))
    ]
    if len(ways) != 1 or len(spans) > MOST:
        raise _UnreadError(_text(words))
    return list(ways[0])


def _spans(first: Token, last: Token) -> list[Stretch]:
    """The stretches that two times can mean; past midnight only where nothing else can be meant."""
    spans = [(a, b) for a, b in product(first.readings, last.readings) if a < b]
    if not spans and len(first.readings) == len(last.readings) == 1:
        spans = [(a, b + MIDNIGHT) for a, b in product(first.readings, last.readings)]
        spans = [(a, b) for a, b in spans if a >= NOON and b <= MIDNIGHT + LATEST]
    return [(a, b) for a, b in spans if a >= EARLIEST or a == 0]


def _close(tokens: list[Token], said: re.Match[str], week: Week, days: list[str]) -> None:
    """Take a lunch break out of each of the days that are open; it must fit into each in one way only."""
    words = tokens[slice(*said.span("lunch"))]
    spans = _spans(*(word for word in words if word.mark == "t"))
    for day in days:
        if not week[day]:
            continue
        fits = [
            (whole, gap)
            for whole, gap in product(week[day], spans)
            if whole[0] < gap[0] and gap[1] < whole[1]
        ]
        if len(fits) != 1:
            raise _UnreadError(_text(tokens))
        (opens, closes), (leaves, returns) = fits[0]
        rest = [stretch for stretch in week[day] if stretch != (opens, closes)]
        week[day] = sorted([*rest, (opens, leaves), (returns, closes)])


def _written(week: Week, text: str) -> Heard:
    """A week in OSM's words: days with the same hours together, in the order of the week."""
    hours = {day: _clock(stretches) for day, stretches in week.items() if stretches}
    if not hours:  # a week without an open door is no week: the text says when it is closed
        return Heard(None, text.strip())
    if hours == dict.fromkeys(DAYS, "00:00-24:00"):
        return Heard("24/7")
    open_days = [day for day in DAYS if day in hours]
    rules = [
        f"{_run([day for day in open_days if hours[day] == same])} {same}"
        for same in dict.fromkeys(hours[day] for day in open_days)
    ]
    if HOLIDAY in week:
        rules.append(f"{HOLIDAY} {hours.get(HOLIDAY, 'off')}")
    osm = "; ".join(rules)
    return Heard(osm) if validate(osm) and len(osm) <= FITS else Heard(None, text.strip())


def _run(days: list[str]) -> str:
    """Days in a row by their first and last, like "Mo-Fr,Su"."""
    runs: list[list[str]] = []
    for day in days:
        if runs and DAYS.index(day) == DAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run)  # noqa: PLR2004 - "Sa,Su"
        for run in runs
    )


def _clock(stretches: list[Stretch]) -> str:
    """Stretches as clock times; those that touch become one."""
    joined: list[Stretch] = []
    for opens, closes in stretches:
        if joined and joined[-1][1] == opens:
            opens = joined.pop()[0]  # noqa: PLW2901
        joined.append((opens, closes))
    return ",".join(f"{_time(opens)}-{_time(closes)}" for opens, closes in joined)


def _time(minutes: int) -> str:
    minutes = minutes - MIDNIGHT if minutes > MIDNIGHT else minutes
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _text(tokens: list[Token]) -> str:
    return " ".join(token.text for token in tokens if token.text).strip()
