"""What people wrote, made fit to be set in type: no control characters, nothing that turns the reading direction."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

# Shown for a character that no font of ours can draw (an emoji, Chinese).
BOX = "\N{WHITE SQUARE}"

# C0 and C1 controls but the line break; what turns text around to deceive; halves of characters; what is none at all.
_UNFIT = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffc\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def plain(value: Any, change: Callable[[str], str] = str) -> Any:
    """The same data with every text tidied, then changed; what else it holds stays as it is."""
    match value:
        case str():
            return change(tidy(value))
        case dict():
            return {key: plain(inner, change) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner, change) for inner in value]
    return value


def tidy(text: str) -> str:
    """One text as it is set: accents joined to their letters, one kind of line end, nothing unseen."""
    ended = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return unicodedata.normalize("NFC", _UNFIT.sub("", ended))
