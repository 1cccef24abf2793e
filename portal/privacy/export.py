"""All that is linked to somebody, as one ZIP: a page to read, a file for a program, and their files.

Names and addresses of others are hidden: each person's data are their own.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import shapely
from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.audit.rules import Act
from portal.audit.service import note
from portal.db import db, transaction
from portal.people.models import User
from portal.people.rules import Role
from portal.privacy import person as people
from portal.privacy.kept import Record
from portal.privacy.person import Person, names_account, table_of
from portal.privacy.register import RECORDS
from portal.privacy.words import OTHER, Change, everywhere, hiding
from portal.venues.models import Keyholder
from portal.web import day, moment

A_KEY = "[a key: kept secret]"
YOU = "you"
# As `_plain` writes them.
DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(rf"{DAY.pattern}T[\d:.]{{8,}}(?:[+-]\d\d:\d\d)?")
ENDS = {b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"RIFF": "webp"}


class Part(NamedTuple):
    """One table's rows of somebody."""

    record: Record
    rows: list[dict[str, Any]]


def parts(person: Person) -> list[Part]:
    """What each table holds of somebody; tables that hold nothing are left out."""
    hide = hiding(_names(but=person), but=person.email)
    found = (
        Part(
            record,
            [_told(record, person, row, own, hide) for row, own in people.rows(record, person)],
        )
        for record in RECORDS
    )
    return [part for part in found if part.rows]


def _names(*, but: Person) -> list[str]:
    """Everybody's name that is known to be one, but somebody's own."""
    known = db.session.scalars(select(User.name).where(User.name.is_not(None)))
    opening = db.session.scalars(select(Keyholder.name).where(Keyholder.name != ""))
    own = (but.name or "").lower()
    return [name for name in (*known, *opening) if name and name.lower() != own]


def _told(
    record: Record, person: Person, row: dict[str, Any], own: bool, hide: Change
) -> dict[str, Any]:
    """A row as it is handed out."""
    table, secret, holds = table_of(record), record.keys.split(), record.holds.split()
    told = {}
    for name, value in row.items():
        if value is None or value == "":
            told[name] = value
        elif name in secret:
            told[name] = A_KEY
        elif names_account(table.c[name]):
            told[name] = YOU if value == person.user_id else OTHER
        elif name in holds and not own:
            told[name] = OTHER
        else:
            told[name] = everywhere(hide, _plain(value))
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkt(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str | dict | list) else str(value)


def readable(value: Any) -> Any:
    """A value as the page to read says it: times and days as elsewhere, yes and no in words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, str):
        with suppress(ValueError):  # what somebody typed may look like a day and be none
            if INSTANT.fullmatch(value):
                return moment(datetime.fromisoformat(value))
            if DAY.fullmatch(value):
                return day(date.fromisoformat(value))
    return value


def files(person: Person) -> Iterator[tuple[str, bytes]]:
    """The files that somebody has added, one after the other."""
    for record in RECORDS:
        table = table_of(record)
        for name in record.files.split():
            column, key = table.c[name], table.primary_key.columns
            query = select(*key, column).where(people.theirs(record, person), column.is_not(None))
            for *numbers, data in db.session.execute(query.order_by(*key)):
                end = next((end for start, end in ENDS.items() if data.startswith(start)), "bin")
                yield (
                    f"files/{record.table}-{'-'.join(map(str, numbers))}-{name}.{end}",
                    bytes(data),
                )


def archive(email: str) -> bytes:
    """The ZIP for whoever has this address."""
    person = people.find(email)
    found = parts(person)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        page = render_template(
            "privacy/export.html",
            person=person,
            parts=found,
            made_at=clock.now(),
            readable=readable,
        )
        _add(zipped, "your-data.html", page.encode())
        _add(zipped, "your-data.json", as_json(person, found).encode())
        for name, data in files(person):
            _add(zipped, name, data)
    return out.getvalue()


def taken(email: str, *, by: int | None = None) -> bytes:
    """The same, and it is written down that it was handed out: to themselves, or by command (`by` is None)."""
    data, person = archive(email), people.find(email)
    with transaction():
        role = Role.RESIDENT if by else Role.PORTAL
        about = ("user_account", person.user_id)
        note(Act.DATA_EXPORTED, area_id=current_area().id, by=by, role=role, about=about)
    return data


def as_json(person: Person, found: list[Part]) -> str:
    """The same for a program."""
    told = {
        "person": {"email": person.email, "name": person.name},
        "made_at": clock.now().isoformat(),
        "tables": {
            part.record.table: {"what": part.record.what, "why": part.record.why, "rows": part.rows}
            for part in found
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _add(zipped: ZipFile, name: str, data: bytes) -> None:
    made = clock.now().astimezone(clock.LONDON)
    zipped.writestr(ZipInfo(name, made.timetuple()[:6]), data, compress_type=ZIP_DEFLATED)
