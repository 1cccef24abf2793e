"""The filters of the guide, sent in the address."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice, SelectField

from portal.areas.models import Area
from portal.areas.rules import Nation
from portal.people.rules import HolderKind
from portal.powers import words
from portal.register.forms import KINDS
from portal.register.rules import Kind
from portal.web import SearchForm


class GuideForm(SearchForm):
    """For which places. An empty answer asks nothing; the nation is the area's until another is chosen."""

    nation = SelectField(_l("Where"))
    kind = SelectField(_l("What"))
    holder = SelectField(_l("Who holds it"))

    def __init__(self, area: Area) -> None:
        unasked = {"nation": area.nation.value, "kind": "", "holder": ""}
        super().__init__(MultiDict(unasked | request.args.to_dict()))
        self.nation.choices = _choices(_("All four nations"), words.NATION)
        self.kind.choices = _choices(_("Land, buildings and rooms"), KINDS)
        self.holder.choices = _choices(_("Anybody"), words.HOLDER)
        self.validate()

    def asked(self) -> dict[str, Any]:
        """What `rules.fitting` is to be asked; a filter that makes no sense asks nothing."""
        return {
            "nation": self._value("nation", Nation),
            "kind": self._value("kind", Kind),
            "holder_kind": self._value("holder", HolderKind),
        }

    def _value(self, name: str, known: type[StrEnum]) -> StrEnum | None:
        field = self[name]
        return known(field.data) if field.data and not field.errors else None


def _choices(every: str, known: Mapping[Any, Any]) -> list[SelectChoice]:
    named = (SelectChoice(value.value, str(label)) for value, label in known.items())
    return [SelectChoice("", every), *named]
