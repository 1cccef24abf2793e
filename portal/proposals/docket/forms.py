"""The filters of the register of cases: sent in the address, each choice with how many there are of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectChoice, SelectField, SelectMultipleField, StringField

from portal.areas.models import Area
from portal.areas.queries import wards_of
from portal.people.queries import holders
from portal.proposals.docket import search as register
from portal.proposals.docket.search import OUTCOMES
from portal.proposals.docket.words import SORTS, TRACKS, USES
from portal.proposals.queries import ground_words
from portal.proposals.rules import State
from portal.states import state_words
from portal.web import SearchForm

# What is no filter of what is found, but its order.
ORDER = "sort"


class CasesForm(SearchForm):
    """What to look for. Every field may stay empty; what its text means is told by `register.read`."""

    words = StringField(_l("Words"), description=_l("In the title, the use or the place"))
    state = SelectMultipleField(_l("Where it stands"))
    overdue = BooleanField(_l("A decision is overdue"))
    place = SelectMultipleField(_l("Kind of place"))
    use = SelectMultipleField(_l("Kind of use"))
    outcome = SelectMultipleField(_l("Outcome"))
    ground = SelectField(_l("Refused because"))
    holder = SelectField(_l("Who holds it"))
    ward = SelectField(_l("Ward"))
    year = SelectField(_l("Year"))
    sort = SelectField(_l("Order"))

    def __init__(self, area: Area, args: MultiDict[str, str]) -> None:
        self.asked = register.read(args)
        super().__init__(self.asked.given)
        self.area = area
        for name in self.asked.wrong:
            self[name].errors = [_("Choose one from the list.")]

    @property
    def search(self) -> register.Search:
        """What was asked for, without what makes no sense."""
        return self.asked.search

    def offer(self) -> None:
        """Fill the lists; what no case has is left out, unless it was asked for."""
        counts = register.counts(self.search)
        self.known = self._known()
        for name, words in self.known.items():
            choices = list(self._choices(name, words, counts[name]))
            every = [] if isinstance(self[name], SelectMultipleField) else [_every()]
            self[name].choices = every + choices
        self.sort.choices = [SelectChoice(one.value, str(said)) for one, said in SORTS.items()]
        self.overdue.label.text = _with(str(self.overdue.label.text), counts["overdue"][True])

    def _known(self) -> dict[str, dict[Any, str]]:
        return {
            "state": {one: state_words(one.value)[0] for one in State if one is not State.DRAFT},
            "place": {one: str(said) for one, said in TRACKS.items()},
            "use": {one: str(said) for one, said in USES.items()},
            "outcome": {one: state_words(one.value)[0] for one in OUTCOMES},
            "ground": ground_words(),
            "holder": {one.id: one.name for one in holders()},
            "ward": {one.id: one.name for one in wards_of(self.area)},
            "year": {},
        }

    def _choices(
        self, name: str, words: dict[Any, str], counts: dict[Any, int]
    ) -> Iterator[SelectChoice]:
        asked = self.search.chosen.get(name, ())
        rest = sorted(value for value in {*counts, *asked} if value not in words)
        for value in [*words, *reversed(rest)]:
            if value in counts or value in asked:
                said = words.get(value, str(value))
                yield SelectChoice(str(value), _with(said, counts.get(value, 0)))

    def tags(self) -> Iterator[tuple[str, str]]:
        """Each filter in words, with the address of the same list without it."""
        pairs = list(self.asked.given.items(multi=True))
        for name, text in pairs:
            if name != ORDER:
                rest = [pair for pair in pairs if pair != (name, text)]
                yield self._tag(name, text), f"?{urlencode(rest)}"

    def _tag(self, name: str, text: str) -> str:
        if name == "words":
            return f"“{text}”"
        if name == "overdue":
            return _("A decision is overdue")
        return self.known[name].get(register.FACETS[name].read(text), text)


def _every() -> SelectChoice:
    return SelectChoice("", _("All"))


def _with(words: str, number: int) -> str:
    """A choice and how many there are of it."""
    return f"{words} ({format_decimal(number)})"
