"""What holders keep about lets, in a reader's words."""

from datetime import date, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import web
from portal.errors import N_
from portal.lettings.hosting.models import EvidenceSeen, StandingApproval
from portal.lettings.hosting.rules import Paper, Scope
from portal.lettings.models import Blocking
from portal.lettings.words import PLURAL_DAYS, clock, full
from portal.people.forms import GROUP_KINDS
from portal.people.rules import GroupKind

KINDS: dict[GroupKind, object] = dict(GROUP_KINDS)
PAPERS = {
    Paper.INSURANCE: _l("Insurance"),
    Paper.SAFEGUARDING: _l("Safeguarding"),
    Paper.SPONSOR: _l("A body that stands behind the group"),
}
NOT_SEEN = {
    Paper.INSURANCE: _l(
        "The group says it has insurance of its own, but nobody has seen a paper that is good until the last date."
    ),
    Paper.SAFEGUARDING: _l(
        "Nobody has seen how the group looks after children and adults at risk."
    ),
    Paper.SPONSOR: _l(
        "The group says that another body stands behind it, but nobody has that body's word until the last date."
    ),
}
SCOPES = {
    Scope.GROUP: N_("The dates of %(name)s"),
    Scope.HOLDER: N_("The lets of rooms of %(name)s"),
    Scope.KEYHOLDER: N_("What you open"),
}


def approval(rule: StandingApproval) -> str:
    """Garden room, free of charge, at most 20 people, Mondays, Tuesdays, from 17:00, until 21:00."""
    parts = [
        rule.place.name if rule.place else _("All rooms"),
        _price(rule.most_pence),
        rule.most_people
        and ngettext("at most %(num)s person", "at most %(num)s people", rule.most_people),
        ", ".join(str(PLURAL_DAYS[day]) for day in rule.days),
        _hours(rule.starts, rule.ends),
        ", ".join(str(KINDS[kind]) for kind in rule.kinds),
        _days(rule.first, rule.last),
    ]
    return ", ".join(part for part in parts if part)


def named(rule: StandingApproval) -> str:
    """The rule as the history and the letters name it."""
    return _(
        "Standing approval %(number)s of %(holder)s: %(rule)s",
        number=rule.id,
        holder=rule.holder.name,
        rule=approval(rule),
    )


def when(first: date, last: date, days: tuple[int, ...], starts: time | None, ends: time | None):
    """Mondays, 09:00 to 12:00, 3 May 2026 to 20 July 2026."""
    told = full(first) if first == last else _days(first, last)
    weekdays = ", ".join(str(PLURAL_DAYS[day]) for day in days)
    return ", ".join(filter(None, (weekdays, _hours(starts, ends) or _("whole days"), told)))


def seen(evidence: EvidenceSeen) -> str:
    """Public liability, £5m, seen on 3 May 2026 by Ada Hill, good until 1 May 2027."""
    told = _(
        "%(what)s, seen on %(day)s by %(who)s",
        what=evidence.what,
        day=full(evidence.seen_on),
        who=evidence.seen_by.shown_name,
    )
    if evidence.valid_until is None:
        return told
    return _("%(seen)s, good until %(day)s", seen=told, day=full(evidence.valid_until))


def _price(most: int | None) -> str:
    if most is None:
        return _("at any price")
    return _("up to %(price)s a meeting", price=web.pounds(most)) if most else _("free of charge")


def _hours(starts: time | None, ends: time | None) -> str:
    if starts and ends:
        return _("%(starts)s to %(ends)s", starts=clock(starts), ends=clock(ends))
    if starts:
        return _("from %(starts)s", starts=clock(starts))
    return _("until %(ends)s", ends=clock(ends)) if ends else ""


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        return _("%(first)s to %(last)s", first=full(first), last=full(last))
    if first:
        return _("from %(day)s", day=full(first))
    return _("until %(day)s", day=full(last)) if last else ""


def blocked(row: Blocking) -> str:
    """When a room is blocked."""
    told = when(row.first, row.last, tuple(row.days), row.starts, row.ends)
    return told[:1].upper() + told[1:]
