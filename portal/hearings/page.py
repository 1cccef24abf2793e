"""What the pages of a hearing show, put together for their templates; no rules here."""

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from portal import clock
from portal.areas.counting import how_counted
from portal.hearings import queries, rules, telling, words
from portal.hearings.models import Hearing
from portal.hearings.rules import Stands
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals.doors import part
from portal.proposals.models import Proposal
from portal.proposals.page import group_name
from portal.proposals.queries import is_insider
from portal.proposals.saying import taken_by
from portal.proposals.standing import profile_of, roles_of
from portal.web import day

# Who sees the names of those who speak.
SEE_NAMES = {Role.CHAIR, Role.BROKER}


def about(case: Proposal, user: User | None) -> dict[str, object]:
    """Everything about a case's hearing that this reader may see."""
    hearing = queries.of_case(case)
    roles = roles_of(case, user)
    shown = {
        "case": case,
        "hearing": hearing,
        "name": group_name(case, insider=is_insider(case, user)),
        "sees_names": bool(SEE_NAMES & roles),
        "due": case.due.get("hearing"),
        "stands": words.STANDS,
        "outcomes": words.OUTCOMES,
    }
    if hearing is None:
        return shown
    return shown | {
        "state": hearing.stands,
        "when": telling.when(hearing),
        "joining": telling.joining(hearing),
        "points": rules.points(hearing.agenda),
        "access": [(label, name in hearing.access) for name, label in words.ACCESS.items()],
        "slots": [(words.ROLES[slot.who], slot.minutes) for slot in hearing.slots],
        "notice_words": notice(case, hearing),
        "counted": how_counted_here(case, hearing),
        "clause": clause(case),
        "mine": queries.speaker(hearing, user),
        "may_ask": may_ask(hearing, roles),
        "added": [(day(one.on), taken_by(one), one.why) for one in queries.added_to_minutes(case)],
    }


def may_ask(hearing: Hearing, roles: set[Role]) -> bool:
    """Whether a reader is shown the way to the list of speakers."""
    in_time = hearing.stands is Stands.COMING and clock.today() <= hearing.speak_until
    return in_time and not rules.NO_SPEAKERS & roles


def how_counted_here(case: Proposal, hearing: Hearing) -> list[str]:
    """How the first lawful day was counted; nothing where a holiday proclaimed later would count it otherwise."""
    counted = queries.window_of(case, hearing.noticed_on).notice
    return how_counted(counted) if counted.due == hearing.lawful_from else []


def clause(case: Proposal) -> str:
    """The paragraph that a hearing is held under, and what the length of its notice goes by."""
    profile = profile_of(case)
    period = profile.periods["hearing_notice"]
    held = profile.clauses[period.clause]
    return " ".join((_("Clause %(number)s, %(title)s", number=held.number, title=_(held.title)) + ":", _(held.text), _(period.source)))  # fmt: skip


def what_for(case: Proposal) -> list[str]:
    """Who asks for what; a private group is named to nobody."""
    sentence = _(
        "%(group)s asks to use %(place)s, held by %(holder)s.",
        group=group_name(case),
        place=case.asset.name,
        holder=case.asset.holder.name,
    )
    return [sentence]


def notice(case: Proposal, hearing: Hearing) -> list[str]:
    """The notice as it is published and hangs on the door."""
    told = [
        *what_for(case),
        _("Everybody is heard about it in public: %(when)s.", when=telling.when(hearing)),
        _("Place: %(place)s.", place=" ".join(hearing.place.split()).rstrip(".")),
        *telling.joining(hearing),
        _(
            "Anybody may come and listen. Who wants to speak asks by the end of %(day)s.",
            day=day(hearing.speak_until),
        ),
    ]
    if hearing.stands is Stands.OFF:
        told.insert(0, _("This hearing does not take place."))
    return told


def first_days(case: Proposal) -> dict[str, object]:
    """What the page says on which a hearing is set: the first lawful day, the last one, and where both cannot be."""
    window = queries.window_of(case)
    due = case.due
    missed = [str(words.MISSED[name]) % {"day": day(due[name])} for name in window.missed]
    return {
        "earliest": window.notice.due,
        "counted": how_counted(window.notice),
        "latest": window.latest,
        "missed": missed,
        "clause": clause(case),
    }


@part
def on_case(case: Proposal, user: User | None) -> Markup | None:
    """On a case's page: that a hearing is due, when and where it is, or what came of it."""
    if case.hearing_opened_on is None:
        return None
    shown = render_template("hearings/_part.html", **about(case, user))
    return Markup(shown)  # noqa: S704 - a template of ours


def speakers(hearing: Hearing) -> dict[str, object]:
    """The list for those who lead the hearing: in order, with names and needs."""
    by_number = {one.id: one for one in hearing.speakers}
    turns = hearing.slots
    return {
        "hearing": hearing,
        "case": hearing.case,
        "when": telling.when(hearing),
        "rows": [
            (words.ROLES[slot.who], slot.minutes, by_number.get(slot.number)) for slot in turns
        ],
        "comes": words.COMES,
        "may_move": hearing.stands is Stands.COMING,
        "too_long": rules.is_too_long(hearing.plan, turns),
        "minutes": sum(slot.minutes for slot in turns),
    }
