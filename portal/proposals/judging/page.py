"""What pages show of the holder's part, the test, the decision and the rivals; no rules here."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask_babel import gettext as _

from portal.areas.models import Area
from portal.db import db
from portal.people.models import User
from portal.people.rules import Role
from portal.proposals import conditions, queries
from portal.proposals.acts import slug_of
from portal.proposals.filing import FileKind
from portal.proposals.judging import verdict
from portal.proposals.judging import words as words_judging
from portal.proposals.judging.benefit import Side
from portal.proposals.judging.hurdles import hurdles
from portal.proposals.judging.outlook import outlook
from portal.proposals.knowing import facts_of
from portal.proposals.models import Proposal
from portal.proposals.rules import Action, State
from portal.proposals.standing import has_alternative, profile_of, roles_of, sides_of
from portal.web import day

# What the officer can do about a case that waits for the holder, in the order of the doors.
ANSWERS = (Action.AGREE, Action.OBJECT, Action.NAME_ALTERNATIVE)
# What waits for the holder or for those who judge, on the holder's page.
PERIODS = ("holder_response", "hearing", "decision", "review")


def judged(case: Proposal, user: User | None) -> dict[str, Any]:
    """What a case's page, and the pages of those who judge it, show of the test and its rivals."""
    found = verdict.verdicts(case, user)
    return {
        "profile": profile_of(case),
        "verdicts": found,
        "unweighed": verdict.heading(case, case.decision) if case.decision and not found else "",
        "outlook": outlook(facts_of(case, user)).value
        if verdict.may_see_scores(case, user)
        else "",
        "hurdles": hurdles(case),
        "beside": verdict.side_by_side(case, user)
        if user and Role.CHAIR in roles_of(case, user)
        else [],
        "others": conditions.others_of(case),
        "winner": conditions.winner_of(case),
        "two_columns": has_alternative(case),
        "sides": sides_of(case),
        "score_hint": _("0 none · 1 little · 2 some · 3 much · 4 great"),
        "holder_files": [f for f in case.files if f.kind is FileKind.HOLDER_EVIDENCE],
        "their_gains": gains(case, Side.ALTERNATIVE),
    }


def gains(case: Proposal, side: Side) -> list[tuple[str, str, str]]:
    """(criterion, gain, evidence) of one side, in the profile's order, without what is empty."""
    there = {b.criterion: b for b in case.benefits if b.side is side and (b.gain or b.evidence)}
    return [
        (_(criterion.title), there[name].gain, there[name].evidence)
        for name, criterion in profile_of(case).criteria.items()
        if name in there
    ]


class Door(NamedTuple):
    """One of the three answers of a holder."""

    title: str
    means: str
    url_slug: str
    open: bool


def holder_page(case: Proposal, user: User | None) -> dict[str, Any]:
    """What is due from the holder and about it: when, by whom, how it is counted, and what silence means."""
    profile = profile_of(case)
    open_now = set(queries.can_do(case, user))
    dues = {due.period: due for step in queries.where_it_stands(case) for due in step.dues}
    return {
        "case": case,
        "profile": profile,
        "officer": Role.OFFICER in roles_of(case, user),
        "dues": [(dues[name], words_judging.WHO[name]) for name in PERIODS if name in dues],
        "doors": [
            Door(
                words_judging.JUDGING[action].title,
                words_judging.MEANS[action],
                slug_of(action),
                action in open_now,
            )
            for action in ANSWERS
        ],
        "silence": list(silence(case)),
        "grounds": [
            (_(words), _(profile.ground_evidence[name])) for name, words in profile.grounds.items()
        ],
        "waits": case.state is State.ON_NOTICE and case.response is None,
    }


def silence(case: Proposal) -> Iterator[str]:
    """What happens here if nobody says anything, sentence by sentence."""
    due, area = case.due, db.session.get_one(Area, case.asset.area_id)
    if case.response is None:
        yield _(
            "If the holder says nothing, the test is held without it: no ground is weighed, and no other use is scored."
        )
    last = day(due.get("review" if case.state is State.REVIEW else "decision")) or _("the last day")
    meaning = conditions.silence_means(case)
    if meaning == "review":  # there is one review only
        meaning = conditions.silence_now(case)
    yield _(
        words_judging.SILENCE[meaning],
        day=last,
        reference=area.resolution_reference or "",
        on=day(area.resolution_on) or _("no recorded day"),
    )
    if meaning == "grant":
        yield _("Nothing is granted like this while something still stands against a grant.")
    if conditions.silence_means(case) == "review" and (appeal := profile_of(case).appeal):
        yield _("After the review an appeal can be made: %(appeal)s", appeal=_(appeal))
