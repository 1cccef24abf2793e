"""Which accounts will end because nobody uses them; and how often pages are looked at, by nobody knows whom."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class AccountWarning(Model):
    """The day on which a letter told somebody that their account will end because it is not used."""

    __tablename__ = "account_warning"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    warned_on: Mapped[date]


class VisitCount(Model):
    """How often the pages of one kind were looked at on one day, by nobody knows whom."""

    __tablename__ = "visit_count"

    day: Mapped[date] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
