"""One thing that is missing or unsafe, and how bad it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

WRONG, UNSAFE, BROKEN, ADVICE = "wrong", "unsafe", "broken", "advice"


@dataclass(frozen=True)
class Finding:
    """One thing to mend: wrong (no start with it), unsafe (no public start), broken (something does not work), or advice."""

    code: str
    level: str
    sentence: str


Settings = Mapping[str, object]
Findings = Iterator[Finding]
