"""The parts in which a proposal is written: each has its own page, its own save and its own version. Pure."""

from enum import StrEnum


class Section(StrEnum):
    """A page of questions of a proposal."""

    WHAT = "what"
    WHEN = "when"
    MEANS = "means"
    WHO = "who"
    BRINGS = "brings"


FIELDS: dict[Section, tuple[str, ...]] = {
    Section.WHAT: ("title", "use_kind", "use"),
    Section.WHEN: ("timescale", "term_months"),
    Section.MEANS: ("costs", "insurance"),
    Section.WHO: ("responsible", "backing", "safeguarding"),
    # Two boxes for each criterion of the profile: gain_social, evidence_social.
    Section.BRINGS: ("benefits",),
}
# What the group writes, besides the benefits.
WRITTEN = tuple(name for names in FIELDS.values() for name in names if name != "benefits")
GAIN, EVIDENCE = "gain_", "evidence_"


def section_of(name: str) -> Section | None:
    """The part that asks for an answer; None for what is done elsewhere (the files, the sign)."""
    if name.startswith((GAIN, EVIDENCE)):
        return Section.BRINGS
    return next((section for section, names in FIELDS.items() if name in names), None)


def after(section: Section) -> Section | None:
    """The part that follows; None after the last."""
    order = list(Section)
    place = order.index(section) + 1
    return order[place] if place < len(order) else None
