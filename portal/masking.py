"""What is never published: how to reach somebody, and where they live. Pure."""

import hashlib
import re

EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:]*[^\W_]")
# A telephone number of the United Kingdom: 0 or +44 (or 0044), then nine or ten digits, however they are grouped.
TELEPHONE = re.compile(r"(?<![\w.])(?:\+|00)?(?:44[\s().-]*)?\(?0?\)?(?:[\s().-]*\d){9,10}(?![\w])")
STARTS = re.compile(r"\s*\(?(?:\+|0)")
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE)
# A house number before up to three words of which the last is what streets end in: "flat 2, 14a Mill Lane". Words
# that no street is called keep "20 children on the green" out of it.
STREETS = (
    "road|rd|street|st|lane|ln|avenue|ave|drive|close|crescent|court|grove|terrace|place|way|walk|gardens|row|mews|"
    "square|hill|rise|green|parade|view"
)
_NO_NAME = (
    r"(?!(?:the|a|an|on|in|of|to|at|by|for|from|and|or|this|that|our|their|people|children)\b)"
)
_WORD = rf"{_NO_NAME}[^\W\d_][\w'\u2019-]*"
HOME = re.compile(
    rf"\b(?:(?:flat|apartment|unit)\s+\w{{1,4}}[\s,]+)?\d{{1,4}}[a-z]?[\s,]+"
    rf"(?:(?:{_WORD}\s+){{1,3}}?(?:{STREETS})\b|(?:heol|ffordd|stryd)\s+{_WORD})",
    re.IGNORECASE,
)


def masked(words: str) -> str:
    """Words without e-mail addresses and telephone numbers, which say who somebody is and where to find them.

    >>> masked("Ring 0161 496 0123 or write to rosa@example.org")
    'Ring [telephone number] or write to [e-mail address]'
    """
    return TELEPHONE.sub(
        lambda found: "[telephone number]" if STARTS.match(found[0]) else found[0],
        EMAIL.sub("[e-mail address]", words),
    )


def without_homes(words: str) -> str:
    """The same words without house numbers in streets and whole postcodes too, for what neighbours say in public.

    >>> without_homes("I live at 12 Mill Lane, M33 2AA. Mill Lane is loud.")
    'I live at [address], [postcode]. Mill Lane is loud.'
    """
    return POSTCODE.sub("[postcode]", HOME.sub("[address]", masked(words)))


def without_address(key: str) -> str:
    """A letter's key with a fingerprint in each address's place: it still tells two letters apart, and names nobody.

    >>> without_address("key-overdue:4:2026-03-06:rosa@example.org")
    'key-overdue:4:2026-03-06:#04b322305465a826'
    """
    return EMAIL.sub(lambda found: f"#{hashlib.sha256(found[0].encode()).hexdigest()[:16]}", key)
