"""Whether a text says a group's name, however it is typed. Pure."""

import re
import unicodedata

ARTICLE = "the "


def says_name(name: str, text: str) -> bool:
    """Whether a text has a group's name in it as whole words; capitals, accents, dots and a leading "the" do not count.

    >>> says_name("The Stroke Circle", "A home for the stroke-circle")
    True
    >>> says_name("Us", "A bus shelter")
    False
    """
    wanted = _plain(name).removeprefix(ARTICLE)
    return bool(wanted) and f" {wanted} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.findall(r"\w+", "".join(c for c in bare if not unicodedata.combining(c)))
    ).replace("_", " ")
