"""What is true of every letter: why somebody gets it and how it ends, when it is tried again, what an answer means."""

import re
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

from portal.errors import N_

MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=5)


def pause(tries: int) -> timedelta:
    """How long a letter rests after so many tries: 5 minutes, 10, 20, and after the seventh five hours."""
    return FIRST_PAUSE * (1 << (max(tries, 1) - 1))


class Verdict(StrEnum):
    """What came of one try."""

    TAKEN = "taken"  # a mail server answers for it now
    LATER = "later"  # not now: tried again after a pause
    DROPPED = "dropped"  # it fell silent in the middle: tried again, and this run ends
    REFUSED = "refused"  # this letter never, whatever the reason
    NO_ADDRESS = "no_address"  # nobody is at this address
    AWAY = "away"  # the mail service is not there for any letter: no try of this one


class Outcome(NamedTuple):
    """A verdict, and what was said, for whoever runs the portal."""

    verdict: Verdict
    said: str = ""


PERMANENT = 500
# RFC 3463: the second number says what is wrong. Not one that is a part of a longer number, as in an IP address.
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
# No such mailbox, no such host, not any more; 5.4.1 is how Exchange says "nobody here is called so".
NOBODY = re.compile(r"5\.1\.(?:0|1|2|3|6|10)|5\.2\.1|5\.4\.1")
WITHOUT_MORE = re.compile(r"5\.[05]\.0")
# Codes that say it of the address where nothing more exact stands beside them.
NOBODY_CODES = {550, 551, 553, 556}


def verdict(code: int, said: str, *, of_address: bool) -> Verdict:
    """What a mail server's answer means; `of_address` where it answered to the recipient and not to the letter.

    >>> verdict(550, "5.1.1 no such user", of_address=True)
    <Verdict.NO_ADDRESS: 'no_address'>
    >>> verdict(550, "5.7.1 blocked", of_address=True)
    <Verdict.REFUSED: 'refused'>
    """
    if code < PERMANENT:
        return Verdict.LATER
    exact = ENHANCED.search(said)
    if exact and not WITHOUT_MORE.fullmatch(exact[0]):
        return Verdict.NO_ADDRESS if NOBODY.fullmatch(exact[0]) else Verdict.REFUSED
    return Verdict.NO_ADDRESS if of_address and code in NOBODY_CODES else Verdict.REFUSED


class Kind(NamedTuple):
    """A kind of letter: its name, why one gets it and how it ends; "" where the letter's own words say so."""

    name: str
    why: str = ""
    stop: str = ""
    asked: bool = (
        False  # it goes to whoever asks for it on a page just now, in the language of that page
    )
    always: bool = False  # also to an address from which letters came back
    follows: bool = (
        False  # it goes to whoever asked for the one before it, in the language of that one
    )


ORGANISE = N_("You get this letter because you organise the group.")
BROKER = N_("You get this letter because you are a broker of this area.")
HOLDER = N_("You get this letter because you act for the holder of the room.")
SIDES = N_(
    "You get this letter because you organise the group, act for the holder, or are the broker of this area."
)
TASK = N_(
    "Letters like this end when you leave the group or no longer have the role. Your groups and roles: %(account)s"
)
CASE = N_("Letters like this belong to the case and end with it.")
ONE = N_("It is a single letter: no more follow from it.")
LETS, MONEY, ROUNDS = N_("A let of a room"), N_("Money"), N_("A round")
PETITIONS, HEARINGS = N_("A petition"), N_("A public hearing")
QUESTIONS, REPORTS = N_("Who owns a place"), N_("A reported place")
GROUPS, CASES, WATCHES = N_("Who organises a group"), N_("A case"), N_("What somebody watches")
ACCOUNTS = N_("An account")

# Which letter is of which kind: by its key, the first line that fits.
KINDS: tuple[tuple[str, Kind], ...] = (
    ("sign-in:*", Kind(N_("A link to sign in"), asked=True, always=True)),
    ("second-step:*", Kind(ACCOUNTS, N_("You get this letter because something about how you sign in has changed."), ONE)),
    ("role:*", Kind(ACCOUNTS, stop=TASK)),
    ("unused:*", Kind(ACCOUNTS, always=True)),
    ("organise:*", Kind(GROUPS)),
    ("organises:*", Kind(GROUPS, ORGANISE, TASK)),
    ("left:*", Kind(GROUPS, ORGANISE, TASK)),
    ("charge:*", Kind(MONEY, stop=TASK)),
    ("posting:*", Kind(MONEY, stop=TASK)),
    ("card:*", Kind(MONEY, stop=TASK)),
    ("refund:*", Kind(MONEY, stop=TASK)),
    ("retention:*", Kind(MONEY, stop=TASK)),
    ("case:*:review:*", Kind(CASES, N_("You get this letter because you are an administrator of this area."), TASK)),
    ("case:*", Kind(CASES, stop=CASE)),
    ("moderated:*", Kind(CASES, N_("You get this letter because you wrote these words."), ONE)),
    ("reminder:*", Kind(CASES, N_("You get this letter because something in this case waits for you."), CASE)),
    ("overdue:*", Kind(CASES)),
    ("agreement:*", Kind(CASES, stop=CASE)),
    ("hearing:*:speaker:*", Kind(HEARINGS, N_("You get this letter because you asked to speak at this hearing."), N_("To get no more, take yourself off the list on the page of the hearing."))),
    ("hearing:*:day:*", Kind(HEARINGS, stop=CASE)),
    ("hearing:*", Kind(HEARINGS, N_("You get this letter because you were told of this hearing."), CASE)),
    ("petition-signature:*:struck", Kind(PETITIONS, N_("You get this letter because you signed the petition."), ONE, follows=True)),
    ("petition-signature:*:hearing", Kind(PETITIONS, follows=True)),
    ("petition-signature:*", Kind(PETITIONS, asked=True)),
    ("petition-closed:*", Kind(PETITIONS, ORGANISE, CASE)),
    ("ownership:*:body:*", Kind(QUESTIONS, N_("You get this letter because this address answers for a public body that may know."), N_("If it is not for you, answer it and say so: then we ask somebody else."))),
    ("ownership:*", Kind(QUESTIONS, BROKER, TASK)),
    ("ownership-listener:*:confirm", Kind(QUESTIONS, asked=True)),
    ("ownership-listener:*:received", Kind(QUESTIONS, asked=True)),
    ("ownership-listener:*", Kind(QUESTIONS, follows=True)),
    ("sightings-wait:*", Kind(REPORTS, stop=TASK)),
    ("sighting:*:reported", Kind(REPORTS, asked=True)),
    ("sighting:*", Kind(REPORTS, follows=True)),
    ("watch:*:ask:*", Kind(WATCHES, asked=True)),
    ("watch:*:many:*", Kind(WATCHES, N_("You get this letter because somebody gave this address to watch one more search."), ONE, asked=True)),
    ("watch:*", Kind(WATCHES)),
    ("need:*", Kind(N_("A room that is looked for"))),
    ("let-event:*:lent:*", Kind(LETS, stop=TASK)),
    ("let-event:*", Kind(LETS, SIDES, TASK)),
    ("date-offer:*", Kind(LETS)),
    ("way-in:*", Kind(LETS, ORGANISE, TASK)),
    ("key-overdue:*", Kind(LETS, N_("You get this letter because your group has the key, or because you gave it out."), ONE)),
    ("paper:*", Kind(LETS, BROKER, TASK)),
    ("round-closed:*", Kind(ROUNDS, BROKER, TASK)),
    ("round-holder:*", Kind(ROUNDS, HOLDER, TASK)),
    ("round-*", Kind(ROUNDS, ORGANISE, TASK)),
)  # fmt: skip
OTHER = Kind(N_("Another letter"))


def kind_of(key: str) -> Kind:
    """The kind of a letter, by its key."""
    return next((kind for pattern, kind in KINDS if fnmatchcase(key, pattern)), OTHER)


def one_line(text: str, most: int = 200) -> str:
    r"""Text as it can stand in a header: without line breaks and control characters, so that nobody adds a header.

    >>> one_line("Plot 1\r\nBcc: x@example.org")
    'Plot 1 Bcc: x@example.org'
    """
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:most]


SOME_ADDRESS = re.compile(r"([^\s@<>(),;:\"]?)[^\s@<>(),;:\"]*@([^\s@<>(),;:\"]+)")


def hidden(text: str) -> str:
    """Text with its e-mail addresses shortened: enough to see whose mail server it was.

    >>> hidden("550 <rosa@example.org>: unknown")
    '550 <r…@example.org>: unknown'
    """
    return SOME_ADDRESS.sub(r"\1…@\2", text)
