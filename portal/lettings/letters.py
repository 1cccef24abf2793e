"""Letters about a let: to its group, its broker and the holder's officers, and to nobody else.

A subject line is read over shoulders: it names neither group, place nor time.
"""

from collections.abc import Callable

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.lettings import table, words
from portal.lettings.models import Let, LetEvent
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
    Action.CANCEL_DATE: EVERYBODY,
    Action.CANCEL: EVERYBODY,
    Action.END: (Role.ORGANISER, Role.BROKER),
    Action.RETURN_DEPOSIT: GROUP,
}
SUBJECTS = {
    Action.CANCEL_DATE: _l("One date of a room is cancelled"),
    Action.RETURN_DEPOSIT: _l("A deposit goes back"),
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


def tell(let: Let, event: LetEvent) -> None:
    """Write to everybody whom a step concerns, in the transaction of the step."""
    subject = SUBJECTS.get(event.action) or STATE_SUBJECTS.get(event.after, NO_SUBJECT)
    body = "\n\n".join(part for part in _parts(let, event) if part)
    for role in HEAR.get(event.action, ()):
        for address in TO[role](let):
            notices.write(
                to=address, subject=str(subject), body=body, key=f"let-event:{event.id}:{address}"
            )


def _approved_by(let: Let, event: LetEvent) -> str:
    """The standing approval that led to this step in the same moment."""
    rules = (e.why for e in let.events if e.action is Action.PRE_APPROVE and e.at == event.at)
    return next(rules, "")


def _parts(let: Let, event: LetEvent) -> list[str]:
    deposit = let.deposit
    return [
        _(table.told(event.before, event.action, event.after)),
        words.local(event.occurrence.starts) if event.occurrence else "",
        event.why or _approved_by(let, event),
        "\n".join((let.group.name, let.room.name, words.term(wish_of(let.need)))),
        _("Deposit: %(amount)s", amount=words.web.pounds(deposit.pence)) if deposit else "",
        _("Receipt: %(number)s", number=deposit.receipt) if deposit and deposit.receipt else "",
        str(words.NEXT[let.state]),
        f"{current_app.config['BASE_URL'].rstrip('/')}/lets/{let.id}",
    ]
