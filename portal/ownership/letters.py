"""Letters about a question: to who asked and joined, to the brokers, and to the bodies that it is sent on to."""

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.areas.queries import current_area
from portal.notices.service import write
from portal.ownership import queries, words
from portal.ownership.models import AskedBody, Listener, Question, QuestionEvent
from portal.ownership.rules import Action
from portal.people.queries import emails_with_role
from portal.people.rules import Role
from portal.web import day

# Who asked hears of every step but their own and what concerns only how the page looks.
SILENT = {Action.ASK, Action.FOLLOW, Action.HIDE_WORDS, Action.SHOW_WORDS}
# Of what the broker has not done.
TO_BROKERS = {Action.ASK, Action.MARK_OVERDUE, Action.WITHDRAW}


def tell(question: Question, event: QuestionEvent) -> None:
    """Write to everybody whom a step concerns, in the transaction of the step."""
    key = f"ownership:{question.id}:{event.id}"
    body = LazyString(_of_step, question, event)
    if event.action not in SILENT:
        for listener in queries.heard_by(question):
            _to_listener(listener, body, str(event.id))
    if event.action in TO_BROKERS:
        to_brokers(question, body, key)


def to_brokers(question: Question, body: LazyString, key: str) -> None:
    """The same letter to every broker of the area."""
    more = _l("Work on it: %(link)s", link=link_to(question))
    for email in emails_with_role(Role.BROKER):
        write(
            to=email,
            subject=LazyString(subject, question),
            body=_paragraphs(body, more),
            key=f"{key}:{email}",
        )


def ask_to_confirm(listener: Listener) -> None:
    """To an address that somebody typed: nothing more comes unless its owner says so. Once."""
    question = listener.question
    body = _paragraphs(
        # Nothing of what was typed: this goes to an address that may be anybody's.
        _l(
            "Somebody gave this address to be told the answer to question %(number)s, about who owns a place.",
            number=question.id,
        ),
        _l("If it was you, open this link and press the button:"),
        link_of(listener),
        _l(
            "If it was not, do nothing. No more letters come, and the address is deleted in 14 days."
        ),
    )
    write(
        to=listener.email or "",
        subject=_l("Please confirm: question %(number)s", number=question.id),
        body=body,
        key=f"{key_of(listener)}confirm",
        leave_url=link_of(listener),
    )


def receive(listener: Listener) -> None:
    """The first letter to who is known: what was asked, by when it is answered, how to stop the letters."""
    question = listener.question
    body = _l(
        "The question has the number %(number)s: %(place)s.\n\n“%(words)s”\n\n%(due)s",
        number=question.id,
        place=question.place,
        words=question.words,
        due=LazyString(due_sentence, question),
    )
    _to_listener(listener, body, "received")


def send_on(body: AskedBody, question: Question, *, again: int = 0) -> None:
    """The question itself, to a body; where its answer should go stands in the letter."""
    if not body.email:
        return
    write(
        to=body.email,
        subject=_l("Do you own this? Question %(number)s", number=question.id),
        body=LazyString(_to_body, body, question, again=again),
        key=f"ownership:{question.id}:body:{body.id}:{again}",
    )


def _to_body(body: AskedBody, question: Question, *, again: int) -> str:
    area = current_area()
    parts = [
        _("To %(body)s", body=body.name),
        _("We have asked you before and still need your answer.") if again else "",
        _(
            "A resident of %(area)s asks who owns this place: %(place)s.",
            area=area.name,
            place=question.place,
        ),
        _("Where it is: %(lat).5f, %(lon).5f", lat=question.lat, lon=question.lon)
        if question.lat is not None
        else "",
        f"“{question.words}”" if question.hidden_why is None else "",
        _(
            "Please say whether you own or manage it, or who does, and what shows it: a title number or a document. "
            "We have to answer by %(day)s.",
            day=day(question.due),
        ),
        _("Please answer to %(address)s.", address=area.contact_email)
        if area.contact_email
        else "",
        _("The question and every step are public: %(link)s", link=link_to(question)),
    ]
    return "\n\n".join(part for part in parts if part)


def remind(question: Question) -> None:
    """To the brokers, once: it must be answered by the next working day."""
    body = _l(
        "Question %(number)s is due on %(day)s and has no answer yet: %(place)s.",
        number=question.id,
        day=LazyString(day, question.due),
        place=question.place,
    )
    to_brokers(question, body, f"ownership:{question.id}:due")


def subject(question: Question) -> str:
    """The number and the place."""
    return _("Question %(number)s: %(place)s", number=question.id, place=question.place)[:200]


def link_to(question: Question) -> str:
    """The address of its page."""
    return f"{_base()}/questions/{question.id}"


def link_of(listener: Listener) -> str:
    """Where somebody confirms, stops the letters, or withdraws the question."""
    return f"{_base()}/questions/letters/{queries.token_of(listener)}"


def due_sentence(question: Question) -> str:
    """By when, as long as it is open."""
    return _("The broker answers by %(day)s.", day=day(question.due))


def key_of(listener: Listener) -> str:
    """How the keys of all letters to somebody begin, so that they can be forgotten."""
    return f"ownership-listener:{listener.id}:"


def _to_listener(listener: Listener, body: LazyString, what: str) -> None:
    question = listener.question
    write(
        to=listener.email or "",
        subject=LazyString(subject, question),
        body=_paragraphs(
            body,
            _l("The question and every step: %(link)s", link=link_to(question)),
            _l(
                "You get this because you wanted to know the answer. Stop these letters: %(link)s",
                link=link_of(listener),
            ),
        ),
        key=f"{key_of(listener)}{what}",
        leave_url=link_of(listener),
    )


def _of_step(question: Question, event: QuestionEvent) -> str:
    parts = [
        words.step(event),
        event.why,
    ]
    if event.action in (Action.ANSWER, Action.CORRECT) and question.answer:
        facts = words.answer_facts(question.answer)
        parts.append("\n".join(f"{what}: {value}" for what, value in facts if value))
    if event.action is Action.JOIN and question.joined_to:
        parts.append(subject(question.joined_to))
    if event.action is Action.ASK:
        parts += [f"{question.place}\n“{question.words}”", due_sentence(question)]
    return "\n\n".join(part for part in parts if part)


def _paragraphs(*parts: str | LazyString) -> LazyString:
    return LazyString(lambda: "\n\n".join(map(str, parts)))


def _base() -> str:
    return current_app.config["BASE_URL"]
