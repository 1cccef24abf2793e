"""Every action of a broker: which form its page shows, in which words, and which service it calls. One row an action."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from portal.ownership import answering, forms
from portal.ownership.models import Question
from portal.ownership.rules import Action, OwnerKind
from portal.people.queries import holders
from portal.web import Form


class Act(NamedTuple):
    """How an action is asked for and done. `form(question)` builds it, `run(by, number, form)` does it."""

    title: Any
    about: Any
    button: Any
    done: Any
    form: Callable[[Question], Form]
    run: Callable[[int, int, Form], object]
    serious: bool = False


def _said(call: Callable[..., object]) -> Callable[[int, int, Form], object]:
    """A service that takes the form's answers by their names; what was left empty is "" to it."""

    def run(by: int, number: int, form: Form) -> object:
        said = {name: "" if value is None else value for name, value in form.data.items() if name != "csrf_token"}  # fmt: skip
        return call(by, number, **said)

    return run


def _answered(call: Callable[..., object]) -> Callable[[int, int, Form], object]:
    def run(by: int, number: int, form: Form) -> object:
        said = {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
        given = {"kind": OwnerKind(said["kind"]), "holder_id": form.holder_id.data or None}
        return call(by, number, **(said | given | {"in_register": bool(said.get("in_register"))}))

    return run


def _not_established(by: int, number: int, form: Form) -> object:
    tried = [line.strip(" •-\t") for line in (form.tried.data or "").splitlines()]
    return answering.not_established(
        by, number, tried=[line for line in tried if line], why=form.why.data or ""
    )


def _answer_form(question: Question) -> Form:
    return forms.answer_form(question, holders())


ACTS: dict[Action, Act] = {
    Action.ANSWER: Act(
        _l("Answer"),
        _l("Say who owns it and what shows it. The answer is published, and everybody who waits gets a letter."),
        _l("Publish the answer"),
        _l("Answered. Everybody who waits has a letter."),
        _answer_form,
        _answered(answering.answer),
    ),
    Action.SEND_ON: Act(
        _l("Send it on to a body"),
        _l("For example the council's estates team, Network Rail, or the company that the title names."),
        _l("Send it on"),
        _l("Sent on. Everybody who waits has a letter."),
        lambda _question: forms.SendForm(),
        _said(answering.send_on),
    ),
    Action.CHASE: Act(
        _l("Ask a body again"),
        _l("The letter goes out again. Everybody sees how often it was asked."),
        _l("Ask again"),
        _l("Asked again."),
        forms.chase_form,
        _said(answering.chase),
    ),
    Action.NOTE: Act(
        _l("Note what was tried"),
        _l("A search of the land registry, a visit, a call. It counts as tried."),
        _l("Publish this"),
        _l("Published."),
        lambda _question: forms.NoteForm(),
        _said(answering.note),
    ),
    Action.NOT_ESTABLISHED: Act(
        _l("Say that it could not be established"),
        _l("Everybody sees what was tried. You can still answer later."),
        _l("Publish this"),
        _l("Published. Everybody who waits has a letter."),
        lambda _question: forms.NotEstablishedForm(),
        _not_established,
    ),
    Action.CORRECT: Act(
        _l("Correct the answer"),
        _l("The new answer stands in the place of the old one; the history keeps that it was corrected."),
        _l("Publish the new answer"),
        _l("Corrected. Everybody who asked has a letter."),
        _answer_form,
        _answered(answering.correct),
    ),
    Action.JOIN: Act(
        _l("Join it to another question"),
        _l("That one goes on for both. This page stays and says where it went."),
        _l("Join them"),
        _l("Joined. Everybody who waits has a letter."),
        lambda _question: forms.JoinForm(),
        _said(answering.join),
    ),
    Action.HIDE_WORDS: Act(
        _l("Hide the words"),
        _l("For words that name or hurt somebody. The question itself goes on."),
        _l("Hide them"),
        _l("Hidden. Your reason stands in their place."),
        lambda _question: forms.HideForm(),
        _said(answering.hide_words),
        serious=True,
    ),
    Action.SHOW_WORDS: Act(
        _l("Show the words again"),
        _l("Everybody can read them then."),
        _l("Show them"),
        _l("Everybody can read the words again."),
        lambda _question: Form(),
        _said(answering.show_words),
    ),
    Action.SET_ASIDE: Act(
        _l("Set it aside"),
        _l("For what is no question about who owns a place. Your reason is published."),
        _l("Set it aside"),
        _l("Set aside."),
        lambda _question: forms.ReasonForm(),
        _said(answering.set_aside),
        serious=True,
    ),
}  # fmt: skip


def act_of(slug: str) -> Action | None:
    """The action of an address: /questions/7/send-on."""
    return next((action for action in ACTS if slug_of(action) == slug), None)


def slug_of(action: Action) -> str:
    """An action as it stands in an address."""
    return action.value.replace("_", "-")
