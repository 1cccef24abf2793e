"""Letters about a report: to the reporter who asked for them at each step, and to the brokers, once a day.

A subject line is read over shoulders: it names no place. Each letter to a reporter says how to stop them.
"""

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.notices import service as notices
from portal.people import queries as people
from portal.people.rules import Role
from portal.sightings import words
from portal.sightings.models import Sighting
from portal.sightings.rules import SightingState


def of_report(one: Sighting) -> None:
    """A report was sent: its reporter hears that it arrived, the brokers that something waits."""
    what = _l(
        "Thank you. Your report of a place that stands empty has reached the broker. Its number is %(number)s.\n\n"
        "%(place)s\n\nThe broker looks at it, finds out who holds the place, and we write to you again.",
        number=one.id,
        place=one.called,
    )
    _to_reporter(one, _l("Your report has arrived"), what)
    for address in people.emails_with_role(Role.BROKER):
        notices.write(
            to=address,
            subject=_l("Reports of empty places wait for you"),
            body=_l(
                "Somebody has reported a place that stands empty. See all reports that wait:\n\n%(link)s\n\n"
                "You get this letter at most once a day, because you are a broker here.",
                link=_address("/desk/sightings"),
            ),
            key=f"sightings-wait:{clock.today()}:{address}",
        )


def of_answer(one: Sighting) -> None:
    """The broker has answered."""
    _to_reporter(one, _l("The broker has answered your report"), LazyString(_of_answer, one))


def _of_answer(one: Sighting) -> str:
    what = {
        SightingState.ACCEPTED: _("The place that you reported is in the register now:"),
        SightingState.MERGED: _("The place that you reported is in the register, and your report is with it now:"),
        SightingState.DECLINED: _("The broker could not take up the place that you reported."),
    }[one.state]  # fmt: skip
    lines = [what, one.called]
    if one.reason:
        lines.append(str(words.REASONS[one.reason].to_reporter))
    if one.answer:
        lines.append(_("The broker writes:") + f"\n{one.answer}")
    if one.asset is not None and one.asset.withheld_why is None:
        lines.append(
            _("You can see it, and what anybody may do with it:")
            + "\n"
            + _address(f"/assets/{one.asset_id}")
        )
    return "\n\n".join(lines)


def _to_reporter(one: Sighting, subject: LazyString, what: LazyString) -> None:
    if one.email:
        notices.write(
            to=one.email,
            subject=subject,
            body=LazyString(_with_why, one, what),
            key=f"sighting:{one.id}:{one.state.value}",
        )


def _with_why(one: Sighting, what: LazyString) -> str:
    more = _(
        "How your report stands:\n%(link)s\n\nYou get this letter because you gave this address with report %(number)s. "
        "If that was not you, or to get no more letters about it:\n%(leave)s",
        link=_address(f"/report/{one.token}"),
        number=one.id,
        leave=_address(f"/report/{one.token}/leave"),
    )
    return f"{what}\n\n{more}"


def _address(path: str) -> str:
    return f"{current_app.config['BASE_URL']}{path}"
