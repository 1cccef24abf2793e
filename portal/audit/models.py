"""The audit log's one table. The database itself refuses to change or delete a row of it (migration 0024)."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Instant, Model


class AuditEntry(Model):
    """One act. No foreign keys: what it names may be erased, and the chain stands."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_area_id_number", "area_id", "number"),
        Index("ix_audit_entry_user_id_number", "user_id", "number"),
        Index("ix_audit_entry_kind_object_id", "kind", "object_id"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    area_id: Mapped[int | None]
    user_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(String(40))
    act: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))  # of the object
    object_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(Text)  # JSON, see rules.detail_text
    request_id: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
