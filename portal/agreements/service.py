"""From both sides' signatures to the return: sign, hand over, give notice, end. One function a user action."""

from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.agreements import papers, rules, terms
from portal.agreements.models import Agreement, Condition, Signature
from portal.agreements.negotiating import acting
from portal.agreements.rules import SIDES, Moment
from portal.errors import RuleBroken
from portal.language import sentences
from portal.people.rules import Role
from portal.proposals import moves
from portal.proposals.rules import Action
from portal.web import day


def sign(case_id: int, user_id: int, *, name: str, shown_hash: str, position: str = "") -> None:
    """One side signs exactly the bytes it was shown: name, role, time and their SHA-256 are kept.

    With the second signature the paper that shows both is made, once.
    """
    with moves.turn(case_id, user_id) as turn:
        row = turn.allowed(Action.SIGN, signer=name, shown_hash=shown_hash)
        fingerprint = f"SHA-256 {shown_hash[:16]}…"
        turn.take(Action.SIGN, signer=name, shown_hash=shown_hash, why=fingerprint)
        agreement = terms.current(case_id)
        agreement.signatures.append(
            Signature(
                role=acting(row, turn),
                user_id=user_id,
                name=name,
                position=position,
                at=clock.now(),
                sha256=shown_hash,
            )
        )
        turn.session.flush()
        # What was drafted before there were terms is a text; its signatures stand on the page.
        if agreement.signed_by == set(SIDES) and agreement.terms:
            papers.make_signed(turn.case, agreement)


def hand_over(case_id: int, user_id: int, words: str = "", *, keys: str = "", meters: str = "") -> None:  # fmt: skip
    """The keys change hands and the condition is on record."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.HAND_OVER)
        _record(turn, Moment.BEFORE, words, keys, meters)
        terms.current(case_id).begun_on = clock.today()


def go_on(case_id: int, user_id: int) -> None:
    """A renewal that both sides have signed begins: the place is in use already, and nothing changes hands."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.GO_ON)
        terms.current(case_id).begun_on = clock.today()


def give_notice(case_id: int, user_id: int, *, ends_on: date, why: str) -> None:
    """One side ends the use early, on a day that its terms allow."""
    with moves.turn(case_id, user_id) as turn:
        row = turn.allowed(Action.GIVE_NOTICE, day=ends_on, words=why)
        agreement, side = terms.in_force(case_id), acting(row, turn)
        earliest, latest = notice_days(agreement, side)
        told = sentences(_l("The last day is %(day)s.", day=LazyString(day, ends_on)), why)
        turn.take(Action.GIVE_NOTICE, why=told, words=why, day=ends_on, earliest=earliest, latest=latest)  # fmt: skip
        agreement.ends_on, agreement.notice_role = ends_on, side
        agreement.notice_on = clock.today()


def end(case_id: int, user_id: int, words: str = "", *, keys: str = "", meters: str = "") -> None:
    """The place is given back; its condition is on record, and it stands empty again."""
    with moves.turn(case_id, user_id) as turn:
        turn.take(Action.END)
        _record(turn, Moment.AFTER, words, keys, meters)


def notice_days(agreement: Agreement, side: Role) -> tuple[date, date]:
    """The first and the last day that a side's notice can name today. Raises RuleBroken before it may be given."""
    said = terms.values_of(agreement)
    begins = rules.notice_from(side, agreement.starts_on, int(said["break_after"]))
    if begins and clock.today() < begins:
        raise RuleBroken(
            "break-not-yet", "Your side can give notice from %(day)s on, not before.", day=begins
        )
    earliest = rules.earliest_end(
        side,
        clock.today(),
        break_holder=int(said["break_holder"]),
        break_group=int(said["break_group"]),
    )
    latest = agreement.ends_on - rules.DAY
    if earliest > latest:
        raise RuleBroken(
            "break-no-use", "The agreement ends on %(day)s anyway, before a notice could end it.", day=agreement.ends_on
        )  # fmt: skip
    return earliest, latest


def _record(turn: moves.Turn, moment: Moment, words: str, keys: str, meters: str) -> None:
    turn.session.merge(
        Condition(
            proposal_id=turn.case.id,
            moment=moment,
            words=words,
            keys=keys,
            meters=meters,
            on=clock.today(),
            user_id=turn.user.id,
        )
    )
