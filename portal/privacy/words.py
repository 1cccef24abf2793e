"""Names and addresses in what people have written: one person's taken out, or everybody else's hidden. Pure."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from portal.masking import EMAIL, TELEPHONE

ADDRESS, NAME = "[address removed]", "[name removed]"
OTHER = "[somebody else]"
FULL = 2  # words of a name: one alone may be anybody's

Change = Callable[[str], str]


def is_full(name: str | None) -> bool:
    """Whether a name is long enough to be looked for in running text."""
    return len((name or "").split()) >= FULL


def without(email: str, name: str | None) -> Change:
    """Takes one person out of a text. A name of one word goes only where it is all there is.

    >>> without("rosa@example.org", "Rosa Hill")("Ask ROSA HILL (rosa@example.org), not rosa hillman.")
    'Ask [name removed] ([address removed]), not rosa hillman.'
    >>> without("rosa@example.org", "Rosa")("Rosa")
    '[name removed]'
    """
    address = re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", re.IGNORECASE)
    whole = _one_of([name]) if name and is_full(name) else None

    def change(text: str) -> str:
        text = address.sub(ADDRESS, text)
        if whole is not None:
            return whole.sub(NAME, text)
        return NAME if name and text.strip() == name else text

    return change


def hiding(names: Iterable[str], *, but: str) -> Change:
    """Hides everybody of these names, and every address and telephone number, but one person's own address.

    >>> hiding(["Ann Lee"], but="rosa@example.org")("Ann Lee (ann@example.org) wrote to rosa@example.org")
    '[somebody else] ([e-mail address]) wrote to rosa@example.org'
    """
    pattern = _one_of([name for name in names if is_full(name)])

    def own(found: re.Match[str]) -> str:
        return found[0] if found[0].lower() == but else "[e-mail address]"

    def change(text: str) -> str:
        text = EMAIL.sub(own, text)
        text = TELEPHONE.sub(
            lambda found: "[telephone number]" if found[0][0] in "0+(" else found[0], text
        )
        return pattern.sub(OTHER, text) if pattern else text

    return change


def everywhere(change: Change, value: Any) -> Any:
    """A text, or all texts in a value of JSON, changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(str(key)): everywhere(change, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [everywhere(change, inner) for inner in value]
    return value


def _one_of(names: list[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    longest_first = sorted({" ".join(name.split()) for name in names}, key=len, reverse=True)
    words = "|".join(r"\s+".join(map(re.escape, name.split())) for name in longest_first)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
