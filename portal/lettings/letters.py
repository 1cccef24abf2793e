"""Letters about a let: to its group, its broker and the holder's officers, and to nobody else.

A subject line is read over shoulders: it names neither group, place nor time.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.lettings import queries, table, words
from portal.lettings.models import Let, LetEvent, Occurrence
from portal.lettings.queries import wish_of
from portal.lettings.rules import Action, LetState
from portal.notices import service as notices
from portal.people import queries as people
from portal.people.rules import Role

TO: dict[Role, Callable[[Let], list[str]]] = {
    Role.ORGANISER: lambda let: people.organiser_emails(let.group_id),
    Role.BROKER: lambda _let: people.emails_with_role(Role.BROKER),
    Role.OFFICER: lambda let: people.emails_with_role(Role.OFFICER, holder_id=let.room.holder_id),
}
GROUP, EVERYBODY = (Role.ORGANISER,), (Role.ORGANISER, Role.BROKER, Role.OFFICER)
# Who learns of an action; one that is not here is told by the step that follows it.
HEAR = {
    Action.ASK: (Role.ORGANISER, Role.BROKER),
    Action.WITHDRAW: (Role.ORGANISER, Role.BROKER),
    Action.DECLINE: GROUP,
    Action.APPROVE: GROUP,
    Action.PRE_APPROVE: (Role.ORGANISER, Role.BROKER),
    Action.SETTLE: EVERYBODY,
    Action.ACCEPT: EVERYBODY,
    Action.RECORD_DEPOSIT: EVERYBODY,
    Action.WAIVE_DEPOSIT: EVERYBODY,
    Action.PLEDGE_DEPOSIT: EVERYBODY,
    Action.UNDO_DEPOSIT: (Role.ORGANISER, Role.BROKER),
    Action.CLAIM_DEPOSIT: (Role.ORGANISER, Role.BROKER),
    Action.ANSWER_CLAIM: (Role.BROKER,),
    Action.END_PLEDGE: (Role.ORGANISER, Role.BROKER),
    Action.SKIP: (Role.ORGANISER, Role.BROKER),
    Action.RELEASE: EVERYBODY,
    Action.TAKE_BACK: EVERYBODY,
    Action.MOVE: EVERYBODY,
    Action.CANCEL_DATE: EVERYBODY,
    Action.TAKE_OFFER: EVERYBODY,
    Action.QUERY: GROUP,
    Action.LAPSE: EVERYBODY,
    Action.CANCEL: EVERYBODY,
    Action.END: (Role.ORGANISER, Role.BROKER),
    Action.RETURN_DEPOSIT: GROUP,
}
# They tell by what follows, or tell of several dates at once.
TOLD_APART = {
    Action.APPROVE, Action.PRE_APPROVE, Action.SKIP, Action.RELEASE, Action.TAKE_BACK, Action.MOVE, Action.CANCEL_DATE,
    Action.QUERY,
}  # fmt: skip
SUBJECTS = {
    Action.SKIP: _l("Dates of a room are left out"),
    Action.RELEASE: _l("Dates of a room are given up"),
    Action.TAKE_BACK: _l("Dates of a room are taken back"),
    Action.MOVE: _l("One date of a room is moved"),
    Action.TAKE_OFFER: _l("A free date of a room is taken"),
    Action.QUERY: _l("Do you still need your room? Please answer"),
    Action.CANCEL_DATE: _l("One date of a room is cancelled"),
    Action.RETURN_DEPOSIT: _l("A deposit goes back"),
    Action.CLAIM_DEPOSIT: _l("Please answer: a part of a deposit is to be kept"),
    Action.ANSWER_CLAIM: _l("An answer about a deposit"),
    Action.END_PLEDGE: _l("A promise is over"),
    Action.UNDO_DEPOSIT: _l("A receipt is void"),
}
STATE_SUBJECTS = {
    LetState.REQUESTED: _l("A room is asked for"),
    LetState.OFFERED: _l("A room is offered"),
    LetState.DEPOSIT_DUE: _l("A room is held until the deposit is paid"),
    LetState.CONFIRMED: _l("A room is confirmed"),
    LetState.ENDED: _l("A let of a room is over"),
    LetState.DECLINED: _l("A request for a room was declined"),
    LetState.WITHDRAWN: _l("A request for a room was taken back"),
    LetState.CANCELLED: _l("A let of a room is cancelled"),
}
NO_SUBJECT = _l("A room")


def tell(
    let: Let,
    event: LetEvent,
    *,
    why: str | LazyString = "",
    dates: Sequence[Occurrence] = (),
    more: Mapping[Role, str | LazyString] = MappingProxyType({}),
) -> None:
    """Write to everybody whom a step concerns, in the transaction of the step.

    `why`: the event's, lazy where the portal says it; `dates`: all those concerned, where they are not one; `more`: what
    one side is told besides.
    """
    subject = SUBJECTS.get(event.action) or STATE_SUBJECTS.get(event.after, NO_SUBJECT)
    for role in HEAR.get(event.action, ()):
        body = LazyString(_body, let, event, why, dates, more.get(role, ""))
        for address in TO[role](let):
            notices.write(
                to=address, subject=subject, body=body, key=f"let-event:{event.id}:{address}"
            )
    if Role.OFFICER in HEAR.get(event.action, ()) and event.action is not Action.MOVE:
        concerned = dates or ([event.occurrence] if event.occurrence else [])
        ahead = [date for date in let.occurrences if queries.is_ahead(date)]
        _tell_other_holders(let, event, concerned or ahead, subject)


def _tell_other_holders(
    let: Let, event: LetEvent, dates: Sequence[Occurrence], subject: LazyString
) -> None:
    """Who lends a room for single dates of a let hears of those dates, and of nothing else."""
    by_holder: dict[int, list[Occurrence]] = {}
    for date in dates:
        room = date.other_room
        if room is not None and room.holder_id != let.room.holder_id:
            by_holder.setdefault(room.holder_id, []).append(date)
    for holder_id, theirs in by_holder.items():
        body = LazyString(_of_lent, let, event, theirs)
        for address in people.emails_with_role(Role.OFFICER, holder_id=holder_id):
            key = f"let-event:{event.id}:lent:{address}"
            notices.write(to=address, subject=subject, body=body, key=key)


def _of_lent(let: Let, event: LetEvent, theirs: Sequence[Occurrence]) -> str:
    return "\n\n".join(
        (
            _(table.told(event.before, event.action, event.after)),
            _("On these dates the group meets in a room of yours:"),
            "\n".join(words.date_and_room(date) for date in theirs),
            let.group.name,
            _("You get this letter because you act for the holder of the room. If something is wrong, write to the broker."),
            f"{current_app.config['BASE_URL']}/hosting",
        )
    )  # fmt: skip


def _body(
    let: Let,
    event: LetEvent,
    why: str | LazyString,
    dates: Sequence[Occurrence],
    more: str | LazyString,
) -> str:
    deposit = let.deposit
    dates = dates or ([event.occurrence] if event.occurrence else [])
    parts = (
        _(table.told(event.before, event.action, event.after)),
        "\n".join(words.date_and_room(date) for date in dates),
        str(why),
        str(more),
        "\n".join((let.group.name, let.room.name, words.term(wish_of(let.need)))),
        _("Deposit: %(amount)s", amount=words.web.pounds(deposit.pence)) if deposit else "",
        _("Receipt: %(number)s", number=deposit.receipt) if deposit and deposit.receipt else "",
        str(words.NEXT[let.state]),
        f"{current_app.config['BASE_URL']}/lets/{let.id}",
    )
    return "\n\n".join(filter(None, parts))
