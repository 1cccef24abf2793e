"""Every cookie that the portal sets: there is no other, and none that follows anybody. A test compares."""

from typing import NamedTuple

from portal.errors import N_


class Cookie(NamedTuple):
    """One cookie: what it is for, and how long it lasts."""

    name: str
    what: str
    lasts: str


COOKIES = (
    Cookie(
        "session",
        N_("Says in which sign-in you are, and that a form was sent by you and by nobody in your name. It comes when a page has a form."),
        N_("until you close the browser, or sign out"),
    ),
    Cookie("language", N_("Remembers the language that you chose at the foot of a page"), N_("a year")),
)  # fmt: skip
