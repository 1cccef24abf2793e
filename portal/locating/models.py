"""What was done to an asset by hand: who, when, on what evidence, and how it stood before and after. Never changed."""

from datetime import date, datetime
from typing import Any

from shapely import Geometry
from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Instant, Model, Shape, choice
from portal.locating.rules import Deed, Evidence, Method
from portal.people.models import User
from portal.register.models import Asset


class Verification(Model):
    """One deed. `before` and `after` hold the columns that changed, by name; shapes have columns of their own."""

    __tablename__ = "verification"

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    deed: Mapped[Deed] = mapped_column(choice(Deed))
    method: Mapped[Method | None] = mapped_column(choice(Method))
    said: Mapped[str] = mapped_column(String(300), default="")  # the place as it was named
    evidence: Mapped[Evidence | None] = mapped_column(choice(Evidence))
    words: Mapped[str] = mapped_column(Text, default="")
    seen_on: Mapped[date | None]  # the day of the evidence
    shape_before: Mapped[Geometry | None] = mapped_column(Shape, deferred=True)
    shape_after: Mapped[Geometry | None] = mapped_column(Shape, deferred=True)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    asset: Mapped[Asset] = relationship()
    by: Mapped[User] = relationship()
