"""What a case's page shows, put together for its templates; no rules here."""

from flask_babel import gettext as _

from portal import clock
from portal.areas.counting import how_counted
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import queries, words
from portal.proposals.acts import ACTS, slug_of
from portal.proposals.conditions import silence_now
from portal.proposals.docket.words import USES
from portal.proposals.doors import parts_of
from portal.proposals.judging import page as page_judging
from portal.proposals.judging.benefit import Side, shown
from portal.proposals.judging.page import gains
from portal.proposals.knowing import facts_of
from portal.proposals.models import CaseEvent, Proposal
from portal.proposals.rules import EDITABLE, OVER, TWO_HATS, Action, State
from portal.proposals.saying import taken_by
from portal.proposals.signs import sign
from portal.proposals.standing import (
    laid_down,
    missing_of,
    profile_of,
    roles_of,
)
from portal.web import day


def helpers() -> dict[str, object]:
    """Functions that the templates of cases use."""
    return {
        "group_name": group_name,
        "how_counted": how_counted,
        "next_sentence": next_sentence,
        "periods": words.PERIODS,
        "points": shown,
        "questions": words.QUESTIONS,
        "slug_of": slug_of,
        "uses": USES,
    }


def case_page(case: Proposal, user: User | None) -> dict[str, object]:
    """Everything about a case that this reader may see."""
    profile, insider = profile_of(case), queries.is_insider(case, user)
    actions = queries.can_do(case, user)
    return {
        "case": case,
        "profile": profile,
        "insider": insider,
        "name": group_name(case, insider=insider),
        "steps": queries.where_it_stands(case),
        "ahead": words.AHEAD,
        # What has no page of its own is done elsewhere: a petition is signed on the petition's page.
        "actions": [(action, words.said_of(action, case)) for action in in_order(actions)],
        "can_moderate": Action.MODERATE in actions,
        "parts": parts_of(case, user),
        "serious": words.SERIOUS,
        "two_hats": _(TWO_HATS) if laid_down(case, user) and case.state not in OVER else "",
        "editable": case.state in EDITABLE and Role.ORGANISER in roles_of(case, user),
        "missing": missing_of(case),
        "returned_for": queries.missing_list(case)
        if insider and case.state is State.RETURNED
        else "",
        # An interest is told in short: what is not handed in yet is the group's own.
        "short": not queries.reads_whole(case, user),
        "elsewhere": [way for way in sign.ways(case) if "/represent" not in way.url],
        "sign_stay": sign.stay(case),
        "files": queries.files_by_kind(case, user),
        "gains": gains(case, Side.PROPOSAL),
        "holder_says": words.HOLDER_SAYS,
        "voices": queries.voices(case),
        "history": [told_event(event, case) for event in reversed(case.events)],
        **page_judging.judged(case, user),
        **helpers(),
    }


def in_order(actions: list[Action]) -> list[Action]:
    """Those that have a page: what leads on first, what needs care last, else as the table has them."""
    paged = [action for action in actions if action in ACTS]
    leads = {action: at for at, action in enumerate(words.FIRST)}
    return sorted(paged, key=lambda one: (one in words.SERIOUS, leads.get(one, len(leads))))


def group_name(case: Proposal, *, insider: bool = False) -> str:
    """The group as this reader may know it."""
    return case.group.name if insider or not case.group.private else _("A community group")


def told_event(event: CaseEvent, case: Proposal) -> dict[str, str | int]:
    """One step of the history for the timeline."""
    clause = profile_of(case).cited(event.clause)
    return {
        "id": event.id,
        "when": day(event.on),
        "what": _(event.sentence),
        "why": event.why,
        "who": taken_by(event),
        "clause": _("Clause %(number)s, %(title)s", number=clause.number, title=_(clause.title))
        if clause
        else event.clause,
        "clause_text": _(clause.text) if clause else "",
    }


def next_sentence(case: Proposal) -> str:
    """What happens next and by when."""
    due = case.due
    told_ = [
        str(sentence) % {"day": day(due[period])}
        for period, sentence in words.RUNNING.items()
        if case.state is State.ON_NOTICE
        and clock.today() <= due[period]
        and not (period == "holder_response" and case.response)
    ]
    last_to_ask = due.get("review_request")
    if (
        case.state is State.REFUSED
        and case.round == 1
        and last_to_ask
        and clock.today() <= last_to_ask
    ):
        told_.append(str(words.MAY_ASK_REVIEW) % {"day": day(last_to_ask)})
    facts = facts_of(case, None)
    days = {name: day(last) for name, last in due.items()}
    days |= {"hearing_on": day(facts.hearing_on), "used_until": day(facts.used_until)}
    days["silence"] = str(words.SILENCE[silence_now(case)])
    return " ".join([*told_, str(words.next_of(case.state, facts)) % days])
