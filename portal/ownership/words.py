"""Questions as a page tells them. No rules here."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.areas import profile as profiles
from portal.areas.counting import UNITS
from portal.areas.queries import current_area
from portal.ownership import queries
from portal.ownership.models import Answer, Question, QuestionEvent
from portal.ownership.rules import (
    OPEN,
    PERIOD,
    TRIED,
    Action,
    OwnerKind,
    QuestionState,
    told,
    working_days,
)
from portal.people.rules import HolderKind, Role
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.states import role_words
from portal.web import day

S = QuestionState
FILTERS = {
    "open": _l("Open"),
    "overdue": _l("Overdue"),
    "answered": _l("Answered"),
    "not_established": _l("Not established"),
}
NEXT = {
    S.ASKED: _l("The broker finds out and answers by %(day)s."),
    S.SENT_ON: _l("%(body)s has been asked. The broker answers by %(day)s."),
    S.OVERDUE: _l("The last day was %(day)s. The broker still owes the answer, and everybody can see it."),
    S.ANSWERED: _l("It is answered. If you know better, ask again and say what you know."),
    S.NOT_ESTABLISHED: _l("Nobody could say who owns it. What was tried stands below. The broker can still answer when more is known."),
    S.WITHDRAWN: _l("It is closed without an answer."),
    S.JOINED: _l("Another question about the same place goes on for this one too."),
}  # fmt: skip
TONES = {S.ANSWERED: "good", S.OVERDUE: "no", S.NOT_ESTABLISHED: "no", S.ASKED: "wait", S.SENT_ON: "wait"}  # fmt: skip


def place_of(question: Question) -> str:
    """What it is about; an asset that was withheld since is named to nobody."""
    if question.asset is not None:
        return _("A place that is not shown") if question.asset.withheld_why else question.asset.name  # fmt: skip
    return question.place


def asker_of(question: Question) -> str:
    """Who asked: a group that chose to be named, else nobody in particular. A group that became private is not named."""
    if question.group is not None and not question.group.private:
        return question.group.name
    return _("The portal, after a sighting") if question.through == "sighting" else _("A resident")


def next_of(question: Question) -> str:
    """What happens next, in a sentence."""
    body = question.bodies[-1].name if question.bodies else ""
    return str(NEXT[question.state]) % {"day": day(question.due), "body": body}


def owner_of(answer: Answer) -> str:
    """The owner's name; a private person has none here."""
    return _("A private person") if answer.kind is OwnerKind.PRIVATE else answer.owner


def answer_facts(answer: Answer) -> list[tuple[str, str]]:
    """The answer for a list of facts."""
    return [
        (_("Owner"), owner_of(answer)),
        (_("Title number"), answer.title_number),
        (_("Shown by"), answer.document),
        (_("Said by"), answer.said_by),
        (_("As of"), day(answer.as_of)),
        (_("Who may use it"), answer.more),
    ]


def age(question: Question) -> str:
    """How many working days it took, or has taken so far."""
    until = question.ended_on or clock.today()
    number = working_days(question.asked_on, until, current_area().nation)
    return ngettext("%(num)d working day", "%(num)d working days", number)


def step(event: QuestionEvent) -> str:
    """A step in a sentence, with the body it was about."""
    said = _(told(event.before, event.action))
    return f"{said.removesuffix('.')}: {event.body.name}." if event.body else said


def tried(question: Question) -> list[str]:
    """What was tried, in the order in which it was."""
    found = []
    for event in question.events:
        if event.action in TRIED:
            found.append(" ".join(filter(None, [step(event), event.why])))
        elif event.action is Action.NOT_ESTABLISHED:
            found += [line[2:] for line in event.why.splitlines() if line.startswith("• ")]
    return found


def history(question: Question) -> Iterator[dict[str, str]]:
    """Each step for the timeline, newest first."""
    profile = profiles.version(question.profile, question.profile_from)
    for event in reversed(question.events):
        clause = profile.cited(event.clause)
        yield {
            "when": day(event.at.astimezone(clock.LONDON).date()),
            "what": step(event),
            "why": event.why,
            "who": _who(event),
            "clause": _("Clause %(number)s, %(title)s", number=clause.number, title=_(clause.title))
            if clause
            else event.clause,
        }  # fmt: skip


def summary(question: Question) -> str:
    """One line in a list of likely the same: when it was asked, and how it stands."""
    asked = day(question.asked_on)
    if question.answer is not None and question.state is S.ANSWERED:
        return _("Asked on %(asked)s and answered on %(answered)s: %(owner)s.", asked=asked,
                 answered=day(question.ended_on), owner=owner_of(question.answer))  # fmt: skip
    if question.state in OPEN:
        return _("Asked on %(asked)s. The answer is due on %(due)s.", asked=asked, due=day(question.due))  # fmt: skip
    return _("Asked on %(asked)s. It could not be established.", asked=asked)


def first_words(asset: Asset | None) -> str:
    """What most people want to know, so that nobody has to type it."""
    if asset is None or asset.holder.kind is HolderKind.UNKNOWN:
        return _("Who owns this?")
    return _("Does %(holder)s still hold this? Who may use it?", holder=asset.holder.name)


def door_label(asset: Asset) -> str:
    """What the button on an asset's page says."""
    if asset.kind is Kind.LAND:
        return _("Ask who owns this land")
    return _("Ask who owns this building")


def door_hint(asset: Asset) -> str:
    """Why one might ask although the register names somebody."""
    if asset.holder.kind is HolderKind.UNKNOWN:
        return _("Nobody knows yet. The broker finds out, and you need no account.")
    return _("Does %(holder)s still hold it? Who may use it?", holder=asset.holder.name)


def promise() -> str:
    """What becomes of a question and of who asked it, before it is sent; the days are the profile's."""
    area = current_area()
    period = profiles.in_force(area.profile, clock.today()).periods[PERIOD]
    return _(
        "The broker answers within %(length)s. The question and the answer are public; your address is not.",
        length=str(UNITS[period.unit]) % {"number": period.number_for(area.nation)},
    )


def said_where(asset: Asset) -> str:
    """Who says in the register whose it is, and since when."""
    fact = next((one for one in asset.facts if one.name == "holder_id"), None)
    source = (fact and (fact.source, fact.as_of)) or (asset.source and (asset.source.label, asset.source.as_of))  # fmt: skip
    return f"{source[0]}, {day(source[1])}" if source else ""


def how_long() -> tuple[str, str]:
    """The median and the 90th percentile of working days to an answer, or that there is none."""
    numbers = queries.days_to_answer()
    return tuple(_("none yet") if one is None else f"{one:g}" for one in numbers)


def _who(event: QuestionEvent) -> str:
    who = role_words(event.role.value)
    named = event.role is Role.BROKER and event.user is not None and event.user.name
    return f"{who}, {event.user.name}" if named else who
