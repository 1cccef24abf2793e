"""What the chair and the broker do with a hearing: set it, change it, put it on record. One function a user action."""

from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _

from portal import clock
from portal.errors import RuleBroken
from portal.hearings import letters, queries, rules, telling
from portal.hearings.models import Hearing
from portal.hearings.rules import Outcome, Plan
from portal.proposals import files, moves
from portal.proposals.filing import FileKind
from portal.proposals.models import Proposal
from portal.proposals.rules import Action


class Record(NamedTuple):
    """What came of a hearing."""

    outcome: Outcome
    minutes: str
    attendance: int | None = None
    conditions: str = ""


def add_to_minutes(case_id: int, user_id: int, words: str) -> None:
    """Say below the minutes what was wrong or wanting in them; they stay as they were published."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.ADD_TO_MINUTES, words=words)
        if words in [one.why for one in queries.added_to_minutes(turn.case)]:
            raise RuleBroken("added", "This has been added to the minutes already.")
        turn.take(Action.ADD_TO_MINUTES, why=words, words=words)


def _uid(case: Proposal) -> str:
    """By what a calendar knows the hearing for ever: no other portal, case or round has the same."""
    address = f"{current_app.config['BASE_URL']}/cases/{case.id}/hearing/{case.round}"
    return str(uuid5(NAMESPACE_URL, address))


def version(case: Proposal) -> str:
    """Which setting of the hearing a page shows; "" where none was set."""
    hearing = queries.of_round(case)
    return "" if hearing is None else str(hearing.changes)


def set_hearing(case_id: int, user_id: int, plan: Plan, *, shown: str = "") -> None:
    """Give notice of a hearing, or change what was set; another day, hour or place is notice anew.

    `shown`: the version that the page showed, so that nobody writes over what somebody else set meanwhile.
    """
    with moves.turn(case_id, user_id) as turn:
        case, there = turn.case, queries.of_round(turn.case)
        plan = rules.completed(plan, queries.nation_of(case), clock.today())
        if there is not None and there.plan == plan:
            turn.allowed(Action.SET_HEARING, day=plan.on)
            return  # a second press of the button says nothing new
        turn.allowed(Action.SET_HEARING, day=plan.on)
        if shown != version(case):
            raise RuleBroken(
                "hearing-changed",
                "Somebody else set the hearing while you wrote. What stands now is shown above; send this again to put "
                "yours in its place.",
            )
        rules.check(plan)
        changes = rules.changed(there.plan, plan) if there else list(rules.NOTICED)
        given = {"day": plan.on}
        if rules.needs_notice(changes):
            window = queries.window_of(case)
            given |= {"earliest": window.notice.due, "latest": window.latest}
        why = LazyString(telling.of_setting, plan, changes if there else [])
        turn.take(Action.SET_HEARING, why=why, **given)
        hearing = there or Hearing(
            proposal_id=case_id, round=case.round, uid=_uid(case), changes=-1, speakers=[]
        )
        _write(turn, hearing, plan, notice=rules.needs_notice(changes))
        letters.of_setting(hearing, why)


def _write(turn: moves.Turn, hearing: Hearing, plan: Plan, *, notice: bool) -> None:
    for name in Plan.__dataclass_fields__:
        setattr(hearing, name, getattr(plan, name))
    hearing.access = list(plan.access)
    hearing.changes += 1
    hearing.changed_at = clock.now()
    hearing.set_by_id = turn.user.id
    if notice:
        hearing.noticed_on = clock.today()
        hearing.lawful_from = queries.window_of(turn.case).notice.due
    turn.session.add(hearing)
    turn.session.flush()


def record_hearing(
    case_id: int, user_id: int, record: Record, paper: files.Sent | None = None
) -> None:
    """The hearing was held: minutes, how many came, outcome and conditions, published at once."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.RECORD_HEARING, words=record.minutes)
        if (record.outcome is Outcome.WITH_CONDITIONS) is not bool(record.conditions):
            raise RuleBroken(
                "conditions",
                "Write conditions where the outcome has some, and choose that outcome where you write some.",
            )
        hearing = queries.of_round(turn.case)
        why = LazyString(telling.of_record, record)
        turn.take(Action.RECORD_HEARING, why=why, words=record.minutes)
        if paper is not None:
            shows = paper._replace(shows=paper.shows or _("Minutes of the hearing"))
            hearing.file = files.keep(turn, FileKind.MINUTES, shows)
        hearing.outcome, hearing.minutes = record.outcome, record.minutes
        hearing.attendance, hearing.conditions = record.attendance, record.conditions
        hearing.heard_on, hearing.heard_by_id = clock.today(), user_id
        hearing.changed_at = clock.now()
        letters.of_record(hearing, why)
