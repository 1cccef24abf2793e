"""Heads of terms until both sides agree on each: draft, change, accept; contracting out; more of the same for a renewal."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _

from portal import clock
from portal.agreements import deposits, papers, rules, terms
from portal.agreements.models import Agreement, ContractingOut
from portal.agreements.rules import TERMS, Form, Route
from portal.agreements.words import term_name
from portal.errors import Forbidden, RuleBroken
from portal.people.rules import Role
from portal.proposals import files, moves
from portal.proposals.filing import FileKind
from portal.proposals.models import Proposal
from portal.proposals.rules import Action, Transition

NAMED = 4  # so many terms are named in the history, more are counted
# A warning notice tells of one lease; of another it tells nothing.
ABOUT_THE_LEASE = {"form", "starts_on", "term_months"}


def draft_agreement(case_id: int, user_id: int, said: Mapping[str, object]) -> None:
    """The broker drafts the heads of terms: `said` by the terms' keys, the usual ones for the rest.

    Drafted anew it changes what differs; until the first signature.
    """
    with moves.turn(case_id, user_id) as turn:
        agreement = terms.current(case_id)
        values = {key: rules.checked(key, value) for key, value in said.items() if key in TERMS}
        months = int(values.get("term_months") or (agreement.term_months if agreement else 0))
        turn.allowed(Action.DRAFT_AGREEMENT, term=months)
        if agreement and not _differ(agreement, values):
            return  # a second press of the button writes nothing new
        turn.take(Action.DRAFT_AGREEMENT, term=months)
        if agreement is None:
            values = _usual(turn.case) | values
            agreement = _new_edition(turn, 1, values)
        _change(turn, agreement, values, Role.BROKER)


def change_term(case_id: int, user_id: int, key: str, value: object, *, version: int) -> None:
    """Somebody proposes that a term should say something else; `version`: the one that the page showed."""
    with moves.turn(case_id, user_id) as turn:
        agreement = _current(case_id)
        row = turn.allowed(Action.CHANGE_TERMS, term=agreement.term_months)
        there = terms.now_of(agreement)
        if key not in there:
            raise RuleBroken("no-term", "There is no such term.")
        now, role = there[key], acting(row, turn)
        if now.term.by_broker:
            if Role.BROKER not in turn.roles:
                raise Forbidden("not-your-part", "The broker alone chooses this.")
            role = Role.BROKER
        text = rules.checked(key, value)
        if now.row.version != version:
            raise RuleBroken(
                "term-changed",
                "Somebody else changed this term after you opened this page. What it says now stands on the page. If you still want your words, send them again.",
            )
        if text == now.value:
            raise RuleBroken("term-same", "That is what this term says already.")
        if key == "deposit" and agreement.deposit and agreement.deposit.paid_by:
            raise RuleBroken("deposit-held", "The deposit has been paid, so it cannot change now.")
        months = int(text) if key == "term_months" else agreement.term_months
        turn.take(Action.CHANGE_TERMS, term=months, why=LazyString(_named, [key]))
        _change(turn, agreement, {key: text}, role)


def accept_terms(case_id: int, user_id: int, shown: Mapping[str, int]) -> None:
    """One side accepts terms: `shown` says which version of each the page showed."""
    with moves.turn(case_id, user_id) as turn:
        agreement = _current(case_id)
        row = turn.allowed(Action.ACCEPT_TERMS)
        there = terms.now_of(agreement)
        if not shown:
            raise RuleBroken("nothing-ticked", "Tick at least one term, or accept all of them.")
        if any(key not in there or there[key].row.version != v for key, v in shown.items()):
            raise RuleBroken(
                "term-changed",
                "One of these terms was changed after you opened this page. Read it again before you accept it.",
            )
        role = acting(row, turn)
        new = [key for key in shown if role in there[key].open_for]
        if not new:
            raise RuleBroken("nothing-to-accept", "Your side has accepted these already.")
        turn.take(Action.ACCEPT_TERMS, why=LazyString(_named, new))
        terms.accept(agreement, new, role=role, user_id=user_id)
        papers.make_if_ready(turn, agreement)


def contract_out(  # noqa: PLR0913 - what the law asks to be on record
    case_id: int,
    user_id: int,
    *,
    route: Route,
    notice_on: date,
    declared_on: date,
    declared_by: str,
    scan: files.Sent | None,
) -> None:
    """The warning notice and the declaration are on record, with a scan of both."""
    with moves.turn(case_id, user_id) as turn:
        agreement = _current(case_id)
        typed = {
            "paper": scan is not None,
            "day": declared_on,
            "earliest": notice_on,
            "latest": clock.today(),
        }
        turn.allowed(Action.CONTRACT_OUT, **typed)
        rules.check_warning(notice_on, agreement.drafted_at.astimezone(clock.LONDON).date())
        kept = files.keep(turn, FileKind.CONTRACTING_OUT, scan)
        turn.take(Action.CONTRACT_OUT, **typed)
        agreement.contracting_out = ContractingOut(
            route=route,
            notice_on=notice_on,
            declared_on=declared_on,
            declared_by=declared_by,
            file_id=kept.id,
            user_id=user_id,
            at=clock.now(),
        )
        turn.session.flush()
        papers.make_if_ready(turn, agreement)


def renew(case_id: int, user_id: int, *, term_months: int) -> None:
    """Ask for another term after this one, on the same terms until somebody changes them; the old edition stays."""
    with moves.turn(case_id, user_id) as turn:
        turn.allowed(Action.RENEW, term=term_months)
        before = terms.in_force(case_id)
        row = turn.take(Action.RENEW, term=term_months)
        starts_on, said = before.ends_on + rules.DAY, terms.values_of(before)
        values = said | {
            "permitted_use": said["permitted_use"] or turn.case.use or turn.case.shown_title,
            "form": before.form.value,
            "starts_on": starts_on.isoformat(),
            "term_months": str(term_months),
        }
        edition = terms.every(case_id)[0].edition + 1
        agreement = _new_edition(turn, edition, values)
        _change(turn, agreement, values, acting(row, turn))


def keep_on(case_id: int, user_id: int) -> None:
    """Give the renewal up: what is signed goes on."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.KEEP_ON)
        agreement = terms.current(case_id)
        agreement.given_up_on = clock.today()
        deposits.forget(agreement, _("The renewal was given up."))


def acting(row: Transition, turn: moves.Turn) -> Role:
    """In which role somebody takes a step: the first of the table's that they have."""
    return next(role for role in row.roles if role in turn.roles)


def _current(case_id: int) -> Agreement:
    agreement = terms.current(case_id)
    if agreement is None:
        raise RuleBroken("no-agreement", "The broker has not drafted the heads of terms yet.")
    return agreement


def _usual(case: Proposal) -> dict[str, str]:
    """The usual terms, those of the proposal where it says something of them."""
    usual = {key: _(term.default) if term.default else "" for key, term in TERMS.items()}
    usual["form"] = Form.LICENCE.value
    usual["permitted_use"] = case.use or case.shown_title
    usual["insurance"] = case.insurance or usual["insurance"]
    usual["term_months"] = str(case.term_months or 12)
    usual["starts_on"] = clock.today().isoformat()
    return usual


def _new_edition(turn: moves.Turn, edition: int, values: Mapping[str, str]) -> Agreement:
    starts_on, months = date.fromisoformat(values["starts_on"]), int(values["term_months"])
    agreement = Agreement(
        proposal_id=turn.case.id,
        edition=edition,
        form=Form(values["form"]),
        starts_on=starts_on,
        term_months=months,
        ends_on=rules.last_day(starts_on, months),
        drafted_at=clock.now(),
        user_id=turn.user.id,
    )
    turn.session.add(agreement)
    turn.session.flush()
    return agreement


def _differ(agreement: Agreement, values: Mapping[str, str]) -> bool:
    there = terms.values_of(agreement)
    return any(there[key] != value for key, value in values.items())


def _change(turn: moves.Turn, agreement: Agreement, values: Mapping[str, str], role: Role) -> None:
    """Write what differs. The paper that could have been signed is none any more; a notice of another lease neither."""
    changed = terms.put(agreement, values, role=role, user_id=turn.user.id)
    agreement.papers.clear()
    if agreement.contracting_out and ABOUT_THE_LEASE & set(changed):
        turn.session.delete(agreement.contracting_out)
        turn.session.flush()
        turn.session.expire(agreement, ["contracting_out"])
    turn.session.flush()
    papers.make_if_ready(turn, agreement)


def _named(keys: list[str]) -> str:
    """Which terms, for the public history: never what they say."""
    if len(keys) > NAMED:
        return _("%(number)s terms.", number=len(keys))
    return ", ".join(term_name(key) for key in keys) + "."
