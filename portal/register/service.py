"""What people find out about an asset, written down as checked: no import changes it again. Inside a running transaction."""

from datetime import date

from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.errors import NotFound, RuleBroken
from portal.people.models import Holder
from portal.people.rules import HolderKind, holder_kind
from portal.register.models import Asset, Fact
from portal.register.rules import WORDS_FROM, words_of


def set_holder(asset_id: int, holder: Holder, source: str, as_of: date) -> Asset:
    """Say whose an asset is, with who said so and when; it is checked from then on."""
    asset = db.session.get(Asset, asset_id, with_for_update=True)
    if asset is None or asset.area_id != holder.area_id:
        raise NotFound("no-asset", "There is no such place in the register.")
    taken = select(Asset.id).where(
        Asset.area_id == asset.area_id,
        Asset.holder_id == holder.id,
        Asset.code == asset.code,
        Asset.id != asset.id,
    )
    if db.session.scalar(taken) is not None:
        raise RuleBroken(
            "code-taken",
            "%(holder)s has another place with the code %(its_code)s in the register. One of the two must change first.",
            holder=holder.name,
            its_code=asset.code,
        )
    if asset.holder_id != holder.id:
        asset.holder = holder
        texts = [getattr(asset, column) for column in WORDS_FROM]
        asset.words = words_of(*texts, holder.name)
        asset.changed_at = clock.now()
    fact = db.session.get(Fact, (asset_id, "holder_id")) or Fact(
        asset_id=asset_id, name="holder_id"
    )
    fact.source, fact.as_of, fact.checked = source[:300], as_of, True
    db.session.add(fact)
    db.session.flush()
    return asset


def holder_named(area_id: int, name: str, kind: HolderKind | None = None) -> Holder:
    """The holder of that name, made where there is none; its kind is read off the name."""
    query = select(Holder).where(Holder.area_id == area_id, Holder.name == name)
    holder = db.session.scalar(query)
    if holder is None:
        holder = Holder(area_id=area_id, name=name, kind=kind or holder_kind(name))
        db.session.add(holder)
        db.session.flush()
    return holder
