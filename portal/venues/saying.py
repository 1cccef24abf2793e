"""How a word about a place is written down: its column, its source with the day, a row of history. Inside one transaction.

What a person has said no import changes: the fact of each value is `checked`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.db import transaction
from portal.locating.models import Verification
from portal.locating.rules import READ_BY_BROKER, SOURCES, Deed, Evidence
from portal.people.models import User
from portal.people.rules import Role
from portal.register.models import Asset, Fact
from portal.register.rules import WORDS_FROM, name_key, words_of
from portal.venues import queries


@dataclass(frozen=True)
class Pen:
    """Who writes about which place."""

    session: Session
    asset: Asset
    user: User

    def on(self, asset: Asset) -> "Pen":
        """The same hand, another place."""
        return replace(self, asset=asset)

    def say(
        self,
        values: Mapping[str, Any],
        *,
        deed: Deed = Deed.SAID,
        on: date | None = None,
        again: bool = False,
    ) -> None:
        """Set what differs (with `again` what was not said on that day too) as of a day, today if none is given."""
        new = {
            name: value
            for name, value in values.items()
            if value != getattr(self.asset, name) or (again and not self._said_on(name, on))
        }
        if not new:
            return
        before = {name: _plain(getattr(self.asset, name)) for name in new}
        for name, value in new.items():
            setattr(self.asset, name, value)
            self.source(name, deed=deed, on=on)
        if "name" in new:
            renamed(self.asset)
        after = {name: _plain(value) for name, value in new.items()}
        self.history(before, after, deed=deed, on=on)

    def _said_on(self, name: str, on: date | None) -> bool:
        fact = self.session.get(Fact, (self.asset.id, name))
        return fact is not None and fact.checked and fact.as_of == (on or clock.today())

    def source(self, name: str, *, deed: Deed = Deed.SAID, on: date | None = None) -> None:
        """Who says a column: the holder when its officer does, else the broker. Public, so never a person's name."""
        source = self.asset.holder.name
        if Role.BROKER in queries.keeps(self.user, self.asset.holder_id):
            source = SOURCES[Evidence.SITE_VISIT] if deed is Deed.CHECKED else READ_BY_BROKER
        fact = self.session.get(Fact, (self.asset.id, name))
        fact = fact or Fact(asset_id=self.asset.id, name=name)
        fact.source, fact.as_of, fact.checked = source, on or clock.today(), True
        self.session.add(fact)

    def forget_source(self, name: str) -> None:
        """Nobody has said this column: the next import may."""
        if (fact := self.session.get(Fact, (self.asset.id, name))) is not None:
            self.session.delete(fact)

    def history(
        self,
        before: dict[str, Any],
        after: dict[str, Any],
        *,
        deed: Deed = Deed.SAID,
        on: date | None = None,
    ) -> None:
        """One row of the place's history, with who it was; staff read it."""
        evidence = Evidence.SITE_VISIT if deed is Deed.CHECKED else None
        row = Verification(asset_id=self.asset.id, deed=deed, evidence=evidence, seen_on=on)
        row.words, row.before, row.after = "", before, after
        row.by_id, row.at = self.user.id, clock.now()
        self.session.add(row)


@contextmanager
def held(by: int, asset_id: int) -> Iterator[Pen]:
    """A place, locked, for somebody who keeps it; everybody who has read the register hears that it changed."""
    with transaction() as session:
        session.get(Asset, asset_id, with_for_update=True)
        user = session.get_one(User, by)
        asset = queries.place_for(user, asset_id)
        yield Pen(session, asset, user)
        asset.changed_at = clock.now()


def renamed(asset: Asset) -> None:
    """What follows from a name: how it is found, and where it stands in a list."""
    asset.words = words_of(*(getattr(asset, c) for c in WORDS_FROM), asset.holder.name)
    asset.name_key = name_key(asset.name)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return " ".join(value) if isinstance(value, tuple) else value
