"""The words in which people write opening hours, each with all that it may mean; `spoken.py` makes a week of them. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAY = "PH"
NOON, MIDNIGHT = 12 * 60, 24 * 60
EARLIEST = (
    5 * 60
)  # no public door opens between midnight and five: who writes "2-4" means the afternoon
LONGEST = 1000  # characters; nobody's week takes more words


class Token(NamedTuple):
    """A word with its mark, one letter that `spoken` builds its sentences of; "?" for a word that is not known."""

    mark: str
    text: str
    days: tuple[str, ...] = ()
    readings: tuple[int, ...] = ()  # what a time may be, in minutes since midnight


# d days · t a time · - a dash · o "to" · & "and" · c closed · x except · l lunch · b between · A round the clock ·
# ; a full stop. A word with an empty mark says nothing and is left out. The first that fits counts.
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?::00)?)?(?:\s*(?P<half>[ap])\.?\s?m\b\.?|(?=\W|$))"
    r"|(?P<plain>[012]\d[0-5]\d)(?:\s?hrs\b)?"
)
_WORDS = (
    ("A", r"24\s?/\s?7\b|24[ -]?(hours|hrs?)\b( a day\b)?"),
    ("d", r"(7|seven) days( a week)?\b|every ?day\b|daily\b|all week\b"),
    ("t", r"(12([:.]00)? ?)?(noon|midday|mid-day)\b"),
    ("t", r"(12([:.]00)? ?)?midnight\b"),
    ("t", rf"(?<![\d.:])(?:{_TIME})(?![\d:]|\.\d)"),
    ("d", r"week ?days?\b|week-?ends?\b|M ?- ?F\b"),
    ("d", r"(public|bank)( and (public|bank))?[ -](holidays?|hols?)\b|PH\b"),
    ("d", r"(?-i:Mo|Tu|We(?=\s*[-,;:\d])|Th|Fr|Sa|Su)\b"),  # and not "We are open"
    ("d", r"(mon(day)?|tue(s(day)?)?|wed(s|nesday)?|thu(rs?(day)?)?|fri(day)?)s?\b"),
    ("d", r"(sat(urday)?|sun(day)?)s?\b"),
    ("c", r"(closed|shut|off)\b( all day\b)?"),
    ("x", r"(except(ing)?|excluding|excl?\.?)(?=\W)( for\b)?"),
    ("l", r"for lunch\b"),
    ("b", r"between\b"),
    ("o", r"(to|till?|until|through)\b"),
    ("-", r"-"),
    ("&", r",|&|\+|/|(and|plus|including|incl?)\b"),
    (";", r"[;\n|]|\.(?=\s|$)"),
    (
        "",
        r"(open|opens|opening|hours?|hrs|times?|from|on|every|each|we are|only|inclusive|o'clock)\b|[:().]",
    ),
    ("?", r"[^\s,;()]+"),
)
_TOKEN = re.compile("|".join(f"(?P<w{i}>{p})" for i, (_, p) in enumerate(_WORDS)), re.IGNORECASE)
_DASHES = re.compile(r"[\u2010-\u2015\u2212~]")


def tokens_of(text: str) -> Iterator[Token]:
    """The words of a text, as far as they say anything."""
    plain = re.sub(r"<br ?/?>|\r", "\n", _DASHES.sub("-", text).replace("’", "'"))  # noqa: RUF001
    for found in _TOKEN.finditer(plain.replace("\xa0", " ")):
        mark, word = _WORDS[int((found.lastgroup or "w0")[1:])][0], found.group()
        if mark == "d":
            yield Token(mark, word, days=_days_named(word))
        elif mark == "t":
            readings = _readings(found)
            yield Token("t" if readings else "?", word, readings=readings)
        elif mark:
            yield Token(mark, word)


def by_the_clock(tokens: list[Token]) -> list[Token]:
    """The same words, their times as they stand where the text plainly counts to 24.

    It does when no time says "am" or "pm", and one is after 13:00, or all have two digits, as in "10:00-11:30".
    """
    times = [t for t in tokens if t.mark == "t" and t.text[0].isdigit()]
    if any(re.search(r"[amn]", t.text, re.IGNORECASE) for t in times):
        return tokens
    if any(t.readings[0] > NOON + 59 for t in times) or all(_two_digits(t) for t in times):
        return [t._replace(readings=t.readings[:1]) if t in times else t for t in tokens]
    return tokens


def _two_digits(time: Token) -> bool:
    plausible = time.readings[0] >= EARLIEST or time.readings[0] == 0
    return plausible and bool(re.match(r"\d\d[:.]?\d\d", time.text))


def _days_named(word: str) -> tuple[str, ...]:
    word = re.sub(r"[ -]", "", word.casefold())
    if word.startswith("weekd") or word == "mf":
        return DAYS[:5]
    if word.startswith("weeke"):
        return DAYS[5:]
    if word[:2] in {"pu", "ba", "ph"}:
        return (HOLIDAY,)
    return tuple(day for day in DAYS if day.casefold() == word[:2]) or DAYS


def _readings(found: re.Match[str]) -> tuple[int, ...]:
    """All that a time may mean; nothing where it is no time of day."""
    if found["hour"] is None and found["plain"] is None:
        return (0, MIDNIGHT) if "night" in found.group().casefold() else (NOON,)
    digits = found["plain"] or found["hour"] + (found["minute"] or "00")
    hour, minute, half = int(digits[:-2]), int(digits[-2:]), (found["half"] or "").casefold()
    at = hour * 60 + minute
    if minute > 59 or at > MIDNIGHT or (minute % 5 and minute != 59):  # noqa: PLR2004 - a year, a date
        return ()
    if half:
        return _with_half(hour, at, half)
    # Who writes a bare 12 means noon; a leading nought is of the clock with 24 hours.
    return (at, at + NOON) if at < NOON and not digits.startswith("0") else (at,)


def _with_half(hour: int, at: int, half: str) -> tuple[int, ...]:
    if hour == 12:  # noqa: PLR2004 - "12am" is midnight to some and noon to others
        return (at,) if half == "p" else (at, at + NOON, at - NOON)
    if hour > 12:  # noqa: PLR2004 - "17:00pm" is clear enough, "17:00am" is not
        return (at,) if half == "p" else ()
    return (at + NOON,) if half == "p" else (at,)
