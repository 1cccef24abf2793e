"""Assets that a register has no more: those of its own earlier editions, never those of another list."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from portal.intake import storing
from portal.intake.report import Line
from portal.intake.sources import Sources, family
from portal.register.models import Asset

if TYPE_CHECKING:
    from portal.intake.run import Run

FIELDS = ("id", "code", "name", "source_id")


def leave(run: "Run", labels: Collection[str], on: date, *, complete: bool | None) -> None:
    """Mark as gone what the file does not have of the registers that it is an edition of.

    An earlier edition is a source of the same holder whose file is called the same but for its date; or one of which
    at least half of the assets are in this file, and make at least half of this file. `complete` (told by a person)
    takes all that was ever imported of these holders, or nothing.
    """
    seen, holders = run.known.seen, run.holders.used
    if complete is False or not run.known.last:
        return
    where = (
        Asset.area_id == run.area.id, Asset.holder_id.in_(holders), Asset.gone_on.is_(None),
        Asset.id <= run.known.last, Asset.source_id.is_not(None),
    )  # fmt: skip
    met = run.writer.met
    known = Counter(met)  # by the source that they had before this run
    for page in storing.pages(run.connection, FIELDS, *where):
        known.update(asset.source_id for asset in page if not seen[asset.id])
    rows, own = run.report.counts["rows"], {family(label) for label in labels}
    editions = _editions(known, met, own, rows, run.sources)
    for page in storing.pages(run.connection, FIELDS, *where):
        gone = [a for a in page if not seen[a.id] and (complete or a.source_id in editions)]
        if gone:
            run.changes.expect(len(gone))
            rows_ = [(on, run.writer.now, asset.id) for asset in gone]
            storing.change(run.connection, ("gone_on", "changed_at"), rows_)
        for asset in gone:
            run.report.counts["gone"] += 1
            why = "it was in an earlier edition of this register and is in it no more"
            run.report.tell(Line(None, asset.code, asset.name, "gone", "gone_on", why))


def _editions(
    known: Counter[int], here: Counter[int], own: Collection[str], rows: int, sources: Sources
) -> set[int]:
    families: dict[str, set[int]] = {}
    for source_id in known:
        said = sources.get(source_id)
        if said:
            families.setdefault(family(said.label), set()).add(source_id)
    found = set()
    for name, ids in families.items():
        total, there = (sum(counter[i] for i in ids) for counter in (known, here))
        if name in own or (there * 2 >= total and there * 2 >= rows):
            found |= ids
    return found
