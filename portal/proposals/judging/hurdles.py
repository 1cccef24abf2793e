"""What still stands against a grant, in words: what it is, how it stands, and who does what about it."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.proposals import conditions, guards
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from portal.proposals.rules import UNDECIDED
from portal.proposals.standing import profile_of
from portal.proposals.table import DECIDING
from portal.web import day


class Hurdle(NamedTuple):
    """One thing that stands against a grant."""

    title: str
    stands: str
    to_do: str


# What has to be done before anybody can decide: the guard of the table, what it is called, and who does it. What the
# panel gave is no business of this list: nobody hears of it before the decision.
STEPS = (
    (
        guards.everybody_was_heard,
        _l("The public hearing"),
        _l("It is held, and the chair puts its minutes on record."),
    ),
    (
        guards.capacity_is_checked,
        _l("Whether the group can do it"),
        _l("The broker or the chair checks each point, with what shows it."),
    ),
    (
        guards.panel_has_scored,
        _l("The panel's scores"),
        _l("The members of the panel score the test."),
    ),
    (
        guards.rivals_are_tested,
        _l("The other proposals for this place"),
        _l("The panel scores them too, because they are decided together."),
    ),
)


def hurdles(case: Proposal) -> list[Hurdle]:
    """What stands against a grant of this case now; nothing once it is decided."""
    if case.state not in UNDECIDED:
        return []
    found = [WORDS[name](case) for name in conditions.blocks_of(case)]
    if case.state in DECIDING:
        facts = facts_of(case, None)
        found += [
            Hurdle(str(title), _(guard.sentence), str(to_do))
            for guard, title, to_do in STEPS
            if not guard.holds(facts)
        ]
    return found


def _sign(case: Proposal) -> Hurdle:
    block = profile_of(case).blocks["site_sign"]
    if case.sign_shown_on is None:
        return Hurdle(
            _(block.title),
            _("No photo shows the sign in its place yet."),
            _(
                "The group puts it up and adds a photo here. It stays up for %(number)s days at least.",
                number=block.number,
            ),
        )
    last = case.sign_shown_on + timedelta(days=block.number)
    return Hurdle(
        _(block.title),
        _("The sign went up on %(day)s.", day=day(case.sign_shown_on)),
        _(
            "It stays up for %(number)s days, which end on %(last)s. Nobody has to do anything.",
            number=block.number,
            last=day(last),
        ),
    )


def _notices(case: Proposal) -> Hurdle:
    block = profile_of(case).blocks["open_space_notices"]
    if case.open_space is None:
        return Hurdle(
            _(block.title),
            _("Nobody has said yet whether this land is open space."),
            _("The broker finds out and records it here."),
        )
    told = "; ".join(f"{one.newspaper}, {day(one.on)}" for one in case.notices)
    stands = (
        _("It is open space. Notices so far: %(notices)s.", notices=told)
        if told
        else _("It is open space, and no notice is on record.")
    )
    return Hurdle(
        _(block.title),
        stands,
        ngettext(
            "A notice has to appear in a newspaper. The broker records it with a scan.",
            "A notice has to appear in %(num)d weeks that follow each other, in the same newspaper. "
            "The broker records each with a scan.",
            block.number,
        ),
    )


WORDS: dict[str, Callable[[Proposal], Hurdle]] = {
    "site_sign": _sign,
    "open_space_notices": _notices,
}
