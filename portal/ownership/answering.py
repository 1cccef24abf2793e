"""What brokers do with questions. One function a user action; each is one transaction."""

from datetime import date

from portal import clock
from portal.db import transaction
from portal.errors import NotFound
from portal.ownership import letters, moves
from portal.ownership.models import Answer, AskedBody
from portal.ownership.rules import Action, OwnerKind
from portal.people.models import Holder, User
from portal.people.rules import HolderKind, check_email
from portal.register.service import holder_named, set_holder


def note(by: int, question_id: int, *, why: str) -> None:
    """Publish something that was tried."""
    with moves.turn(question_id, by) as turn:
        if not turn.done_already(Action.NOTE, why):
            turn.take(Action.NOTE, why=why, said=bool(why))


def send_on(by: int, question_id: int, *, name: str, email: str = "", why: str = "") -> None:
    """Ask a body; with an address a letter goes out to it."""
    with moves.turn(question_id, by) as turn:
        address = check_email(email) if email else None
        body = AskedBody(
            question_id=question_id, name=name, email=address, sent_at=clock.now(), chased=0
        )
        turn.allowed(Action.SEND_ON, said=bool(name))
        if turn.done_already(Action.SEND_ON, why, name):
            return
        turn.question.bodies.append(body)
        turn.session.flush()
        turn.take(Action.SEND_ON, why=why, body=body, said=True)
        letters.send_on(body, turn.question)


def chase(by: int, question_id: int, *, body_id: int, why: str = "") -> None:
    """Ask a body again; it is counted."""
    with moves.turn(question_id, by) as turn:
        body = next((one for one in turn.question.bodies if one.id == body_id), None)
        turn.allowed(Action.CHASE)
        if body is None:
            raise NotFound("no-body", "The question was not sent on to that body.")
        if turn.done_already(Action.CHASE, why, body.name):
            return
        body.chased += 1
        turn.take(Action.CHASE, why=why, body=body)
        letters.send_on(body, turn.question, again=body.chased)


def answer(by: int, question_id: int, **said: object) -> None:
    """Say who owns it and what shows it; see `_answer` for what is said."""
    _answer(by, question_id, Action.ANSWER, **said)


def correct(by: int, question_id: int, **said: object) -> None:
    """Put another answer in the place of the one given; the history keeps both."""
    _answer(by, question_id, Action.CORRECT, **said)


def not_established(by: int, question_id: int, *, tried: list[str], why: str = "") -> None:
    """Say that it could not be found out; `tried` is added to what the history holds already."""
    with moves.turn(question_id, by) as turn:
        before = moves.facts_of(turn.question).tried
        lines = "\n".join([*(f"• {one}" for one in tried), *([why] if why else [])])
        turn.take(Action.NOT_ESTABLISHED, why=lines, tried=before + len(tried))


def join(by: int, question_id: int, *, number: int) -> None:
    """Let another question go on for this one too; whoever waits for this one waits for that."""
    with transaction() as session:
        # Both locked, the lower number first, so that two brokers joining both ways do not wait for each other.
        both = {n: moves.locked(session, n) for n in sorted({question_id, number})}
        question, other = both[question_id], both[number]
        turn = moves.Turn(session, question, session.get_one(User, by))
        turn.allowed(Action.JOIN, goes_to=None if other is question else other.state)
        question.joined_to = other
        turn.take(Action.JOIN, goes_to=other.state)
        known = {one.email for one in other.listeners} | {one.user_id for one in other.listeners}
        for listener in list(question.listeners):
            if {listener.email, listener.user_id} & (known - {None}):
                session.delete(listener)
            else:
                listener.question, listener.asked = other, False


def set_aside(by: int, question_id: int, *, why: str) -> None:
    """Close what is no question about who owns a place, with the reason."""
    with moves.turn(question_id, by) as turn:
        turn.take(Action.SET_ASIDE, why=why, said=bool(why))


def hide_words(by: int, question_id: int, *, why: str) -> None:
    """Nobody but brokers reads the words any more; the reason stands in their place."""
    with moves.turn(question_id, by) as turn:
        turn.take(Action.HIDE_WORDS, why=why, said=bool(why))
        turn.question.hidden_why = why[:300]


def show_words(by: int, question_id: int) -> None:
    """Everybody reads the words again."""
    with moves.turn(question_id, by) as turn:
        turn.take(Action.SHOW_WORDS)
        turn.question.hidden_why = None


def _answer(  # noqa: PLR0913 - an answer is this wide
    by: int,
    question_id: int,
    action: Action,
    *,
    kind: OwnerKind,
    as_of: date,
    holder_id: int | None = None,
    owner: str = "",
    title_number: str = "",
    said_by: str = "",
    document: str = "",
    more: str = "",
    in_register: bool = False,
) -> None:
    """Write the answer, and into the register if asked for. A private person's name is not kept at all."""
    with moves.turn(question_id, by) as turn:
        holder = _holder(turn, holder_id) if kind is OwnerKind.HOLDER else None
        named = {OwnerKind.HOLDER: holder and holder.name, OwnerKind.BODY: owner}.get(kind) or ""
        given = {
            "owner": bool(named) or kind is OwnerKind.PRIVATE,
            "evidence": bool(title_number or (document and said_by)),
        }
        turn.allowed(action, **given)
        if in_register and named and turn.question.asset_id:
            holder = holder or holder_named(turn.question.area_id, named)
            shown_by = ", ".join(filter(None, [said_by, document, title_number]))
            set_holder(turn.question.asset_id, holder, shown_by, as_of)
        made = {
            "kind": kind,
            "owner": named,
            "holder_id": holder and holder.id,
            "title_number": title_number,
            "said_by": said_by,
            "document": document,
            "as_of": as_of,
            "more": more,
            "in_register": bool(in_register and named and turn.question.asset_id),
        }
        before = turn.question.answer
        if turn.done_already(action, "") and all(getattr(before, n) == v for n, v in made.items()):
            return
        turn.question.answers.append(Answer(**made))
        turn.session.flush()
        turn.take(action, **given)


def _holder(turn: moves.Turn, holder_id: int | None) -> Holder | None:
    """A holder of this area that is really one."""
    holder = turn.session.get(Holder, holder_id) if holder_id else None
    known = holder is not None and holder.area_id == turn.question.area_id
    return holder if known and holder.kind is not HolderKind.UNKNOWN else None
