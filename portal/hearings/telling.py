"""A hearing told in sentences: in letters, in the history, in the notice and in calendars."""

from datetime import time

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.hearings import rules, words
from portal.hearings.models import Hearing
from portal.hearings.rules import Plan
from portal.proposals.models import Proposal
from portal.web import day


def hour(at: time) -> str:
    """18:30."""
    return f"{at:%H:%M}"


def when(plan: Plan | Hearing) -> str:
    """The day and the hours."""
    return _(
        "%(day)s, from %(starts)s to %(ends)s",
        day=day(plan.on),
        starts=hour(plan.starts),
        ends=hour(plan.ends),
    )


def address(case: Proposal, tail: str = "") -> str:
    """The page of a case's hearing."""
    return f"{current_app.config['BASE_URL']}/cases/{case.id}/hearing{tail}"


def joining(plan: Plan | Hearing) -> list[str]:
    """How to take part from home."""
    told = []
    if plan.remote_link:
        told.append(_("By video: %(link)s", link=plan.remote_link))
    if plan.phone_in:
        told.append(_("By telephone: %(number)s", number=plan.phone_in))
    return told


def getting_in(plan: Plan | Hearing) -> list[str]:
    """What somebody has checked about the place, and what the chair adds."""
    told = [str(words.ACCESS[name]) for name in rules.ACCESS if name in plan.access]
    return [*told, *([plan.access_note] if plan.access_note else [])]


def of_setting(plan: Plan, changes: list[str]) -> str:
    """The notice in a step's own words; `changes` are named where it was set before."""
    told = []
    if changes:
        names = dict.fromkeys(str(words.CHANGED[name]) for name in changes)
        told.append(_("Changed: %(what)s.", what=", ".join(names)))
    told.append(_("The hearing: %(when)s.", when=when(plan)))
    told.append(_("Place: %(place)s.", place=" ".join(plan.place.split()).rstrip(".")))
    told += joining(plan)
    told.append(
        _(
            "Anybody may come and listen. Ask to speak until the end of %(day)s.",
            day=day(plan.speak_until),
        )
    )
    return " ".join(told)


def of_record(record) -> str:
    """The outcome in a step's own words."""
    told = [_("Outcome: %(outcome)s.", outcome=words.OUTCOMES[record.outcome])]
    if record.conditions:
        told.append(_("Conditions: %(conditions)s", conditions=record.conditions))
    if record.attendance is not None:
        told.append(ngettext("%(num)d person came.", "%(num)d people came.", record.attendance))
    return " ".join(told)


def for_calendar(hearing: Hearing) -> str:
    """What a calendar shows under the meeting."""
    numbered = [f"{n}. {point}" for n, point in enumerate(rules.points(hearing.agenda), 1)]
    parts = [_("Agenda"), *numbered, "", *getting_in(hearing), *joining(hearing)]
    last = _("Ask to speak until the end of %(day)s.", day=day(hearing.speak_until))
    return "\n".join([*parts, last, address(hearing.case)])
