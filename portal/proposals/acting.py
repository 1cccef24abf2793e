"""How an action of the table becomes a page: which form it shows, which service it calls, what it says when done."""

from collections.abc import Callable
from typing import NamedTuple

from wtforms import Field

from portal.proposals.boxes import chosen
from portal.proposals.files import Sent
from portal.proposals.forms import WordsForm
from portal.proposals.models import Proposal
from portal.web import Form


class Act(NamedTuple):
    """How an action is asked for and done. `form(case)` builds it, `run(case_id, user_id, form)` does it."""

    form: Callable[[Proposal], Form]
    run: Callable[[int, int, Form], object]
    template: str = "proposals/act.html"
    done: str = ""
    megabytes: int = 0  # how much may be sent at once, where the form takes files
    fresh: bool = False  # money leaves by it: who does it shows first who they are


def plain(_case: Proposal) -> Form:
    """A button and nothing to fill in."""
    return Form()


def words_form(_case: Proposal) -> Form:
    """A few words, if somebody likes."""
    return WordsForm()


def with_words(call: Callable[[int, int, str], object]) -> Callable[[int, int, Form], object]:
    """A service that takes the words of the form."""
    return lambda case_id, user_id, form: call(case_id, user_id, form.words.data or "")


def bare(call: Callable[[int, int], object]) -> Callable[[int, int, Form], object]:
    """A service that takes nothing from the form."""
    return lambda case_id, user_id, _form: call(case_id, user_id)


def sent(field: Field, shows: str = "") -> list[Sent]:
    """The files that a field brought; `shows` says in words what is on them."""
    return [Sent(file.stream.read(), file.filename or "", shows) for file in chosen(field)]
