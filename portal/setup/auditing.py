"""What the administrator's page of the audit log asks for and shows: the form, and an entry in words."""

import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from portal.areas.queries import current_area
from portal.audit import queries
from portal.audit.models import AuditEntry
from portal.audit.rules import ACT_WORDS, OPERATOR, Act, Wanted
from portal.clock import LONDON
from portal.db import db
from portal.fields import DateParts
from portal.people.models import User
from portal.people.queries import user_by_email
from portal.states import role_words
from portal.web import LARGEST_ID, SearchForm

# What entries are about: how it is called, and where it is shown.
OBJECTS = {
    "case": (_l("Case"), "/cases/{}"),
    "let": (_l("Let"), ""),  # who meets where is not for the administrator to see
    "round": (_l("Round"), "/rounds/{}"),
    "posting": (_l("Entry in the books"), ""),
    "standing_approval": (_l("Standing approval"), ""),
    "group": (_l("Group"), ""),
    "user_account": (_l("Person"), ""),
    "area": (_l("Area"), ""),
}
PAGE = 50
NOBODY = 0  # no person has this number


class AuditForm(SearchForm):
    act = SelectField(_l("What was done"), validators=[Optional()])
    who = StringField(
        _l("Who"),
        description=_l(
            "An e-mail address, or the number that this page shows. You see what this person did, and what was done about them."
        ),
        validators=[Optional(), Length(max=254)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    kind = SelectField(_l("About what"), validators=[Optional()])
    number = IntegerField(
        _l("Its number"),
        validators=[
            Optional(),
            NumberRange(1, LARGEST_ID, _l("Write a whole number, for example 15.")),
        ],
        render_kw={"class": "govuk-input--width-5"},
    )
    since = DateParts(_l("From this day"), validators=[Optional()])
    until = DateParts(_l("To this day"), validators=[Optional()])

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        anything = SelectChoice("", _("Anything"))
        self.act.choices = [anything, *(SelectChoice(a.value, _(w)) for a, w in ACT_WORDS.items())]
        self.kind.choices = [anything, *(SelectChoice(k, w) for k, (w, _path) in OBJECTS.items())]

    def wanted(self) -> Wanted:
        """What is looked for in this area."""
        return Wanted(
            area_id=current_area().id,
            act=Act(self.act.data) if self.act.data else None,
            person_id=_person(self.who.data) if self.who.data else None,
            kind=self.kind.data or "",
            object_id=self.number.data,
            since=self.since.data and _midnight(self.since.data),
            until=self.until.data and _midnight(self.until.data + timedelta(days=1)),
        )


class Shown(NamedTuple):
    """An entry as the page says it."""

    entry: AuditEntry
    what: str
    who: str
    role: str
    about: str
    path: str
    detail: str
    person: int | None  # whose entries one may want to see next


def page(wanted: Wanted, before: int | None) -> tuple[list[Shown], int | None]:
    """A page of entries, and the number before which the next one begins."""
    found = queries.found(wanted, before=before, most=PAGE + 1)
    entries, more = found[:PAGE], len(found) > PAGE
    names = names_of(entries)
    return [_shown(entry, names) for entry in entries], entries[-1].number if more else None


def names_of(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """What those are called today who did something or whom it is about; who has been erased is left out."""
    ids = {number for entry in entries for number in (entry.user_id, _whom(entry)) if number}
    found = db.session.scalars(select(User).where(User.id.in_(ids), User.closed_at.is_(None)))
    return {user.id: user.shown_name for user in found}


def _whom(entry: AuditEntry) -> int | None:
    return entry.object_id if entry.kind == "user_account" else None


def _shown(entry: AuditEntry, names: dict[int, str]) -> Shown:
    _words, path = OBJECTS.get(entry.kind, (entry.kind, ""))
    number = entry.object_id
    return Shown(
        entry=entry,
        what=_(ACT_WORDS[Act(entry.act)]),
        who=_who(entry.user_id, names),
        role=_("Command line") if entry.role == OPERATOR else role_words(entry.role),
        about=_about(entry, names),
        path=path.format(number) if path and number else "",
        detail=_in_words(json.loads(entry.detail)),
        person=entry.user_id or _whom(entry),
    )


def _about(entry: AuditEntry, names: dict[int, str]) -> str:
    """Case 7; a person by name, and not once more where they did it themselves."""
    words, _path = OBJECTS.get(entry.kind, (entry.kind, ""))
    if whom := _whom(entry):
        return "" if whom == entry.user_id else _who(whom, names)
    return f"{words} {entry.object_id}" if entry.object_id else str(words)


def _who(user_id: int | None, names: dict[int, str]) -> str:
    """A person by name and number; who has been erased is a number for ever."""
    if user_id is None:
        return ""
    if user_id in names:
        return f"{names[user_id]} ({user_id})"
    return _("Person %(number)s, erased", number=user_id)


def _in_words(detail: dict[str, int | str | list[str]]) -> str:
    """step: decide, to: granted. These are words of the program, the same in every language."""
    return ", ".join(
        f"{name}: {' '.join(value) if isinstance(value, list) else value}"
        for name, value in detail.items()
    )


def _person(text: str) -> int:
    if text.isdecimal() and text.isascii():
        return min(int(text), LARGEST_ID)
    user = user_by_email(text.lower())
    return user.id if user else NOBODY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
