"""Letters about a hearing, beside those that the table of steps sends: to who speaks, before the day, and when it is off."""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.hearings import telling
from portal.hearings.models import Hearing, Speaker
from portal.notices.service import forget, write
from portal.people.models import User
from portal.people.queries import emails_with_role, organiser_emails
from portal.people.rules import Role
from portal.proposals.letters import addresses
from portal.proposals.models import Proposal
from portal.proposals.rules import State
from portal.web import day

WHY_OFF = {
    State.WITHDRAWN: _l("The group withdrew its proposal, so there is nothing to hear."),
    State.GRANTED_BY_DEFAULT: _l(
        "The last day for a decision passed, and the use was granted by default."
    ),
    State.LAPSED: _l("The proposal lapsed, because another group has the place."),
    State.REVIEW: _l(
        "Another panel looks at the case anew. If it holds a hearing, you hear of it."
    ),
}


def of_setting(hearing: Hearing, why: LazyString) -> None:
    """Those who asked to speak learn of a change; everybody else has a letter of the step."""
    for speaker in _told(hearing):
        if speaker.user.email not in told_by_the_step(hearing.case):
            body = _l("You asked to speak at this hearing. What was set for it was changed.")
            key = f"set:{hearing.changes}:{speaker.user_id}"
            _to_speaker(hearing, speaker.user, key, body, why)


def of_record(hearing: Hearing, why: LazyString) -> None:
    """Those who asked to speak learn what came of it."""
    for speaker in _told(hearing):
        if speaker.user.email not in told_by_the_step(hearing.case):
            body = _l("The hearing was held. Its minutes and outcome are published.")
            _to_speaker(hearing, speaker.user, f"heard:{speaker.user_id}", body, why)


def of_asking(hearing: Hearing, speaker: Speaker) -> None:
    """A receipt for who asked to speak, once; a change of mind is seen on the page."""
    body = _l(
        "You are on the list of those who speak at the public hearing. The public list says on which side somebody speaks, "
        "never who. If you cannot come, take yourself off the list on the page."
    )
    _to_speaker(
        hearing,
        speaker.user,
        f"asked:{speaker.user_id}",
        body,
        LazyString(telling.of_setting, hearing.plan, []),
    )


def of_reminder(hearing: Hearing) -> None:
    """Three working days before: to both sides, those who hear the case and those who speak."""
    for email in sorted(_sides(hearing.case) | _speakers(hearing)):
        _write(
            hearing,
            email,
            f"day:{hearing.on}",
            _l("The public hearing is soon."),
            LazyString(telling.of_setting, hearing.plan, []),
            _l("You get this because you take part in it. If you cannot come, tell the broker."),
        )


def of_cancelling(hearing: Hearing) -> None:
    """It does not take place: to everybody who was told that it would."""
    case = hearing.case
    why = WHY_OFF.get(case.state, _l("The case went on without it."))
    told = _sides(case) | _speakers(hearing) | _residents(case)
    for email in sorted(told):
        _write(
            hearing,
            email,
            "off",
            _l(
                "The public hearing of %(day)s does not take place.",
                day=LazyString(day, hearing.on),
            ),
            why,
        )


def forget_speakers(hearing: Hearing) -> None:
    """The letters that say who wanted to speak."""
    forget(f"hearing:{hearing.id}:speaker:")


def told_by_the_step(case: Proposal) -> set[str]:
    """Who gets the letters of the steps that set and record a hearing, as the table has it."""
    return _sides(case) | _residents(case)


def _sides(case: Proposal) -> set[str]:
    return {
        *organiser_emails(case.group_id),
        *emails_with_role(Role.OFFICER, holder_id=case.asset.holder_id),
        *emails_with_role(Role.BROKER),
        *emails_with_role(Role.PANEL),
        *emails_with_role(Role.CHAIR),
    }


def _residents(case: Proposal) -> set[str]:
    return set(addresses(case, Role.RESIDENT))


def _speakers(hearing: Hearing) -> set[str]:
    return {speaker.user.email for speaker in _told(hearing)}


def _told(hearing: Hearing) -> list[Speaker]:
    """Those who asked to speak and may hear of it: nobody, once the place is withheld."""
    return [] if hearing.case.asset.withheld_why else hearing.speakers


def _to_speaker(hearing: Hearing, user: User, key: str, *parts: LazyString) -> None:
    _write(hearing, user.email, f"speaker:{key}", *parts)


def _write(hearing: Hearing, email: str, key: str, *parts: LazyString) -> None:
    write(
        to=email,
        subject=_l("Case %(number)s: The public hearing", number=hearing.case.id),
        body=LazyString(_body, hearing, parts),
        key=f"hearing:{hearing.id}:{key}:{email}"[:200],
    )


def _body(hearing: Hearing, parts: tuple[LazyString, ...]) -> str:
    link = _("The hearing, and everything about it: %(link)s", link=telling.address(hearing.case))
    return "\n\n".join((*map(str, parts), link))
