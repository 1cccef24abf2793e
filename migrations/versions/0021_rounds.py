"""Rounds: what groups ask for before a term, ranked, and the places that are proposed for them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _key(table: str, name: str, target: str, *, nullable: bool = False, **options) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"), **options),
    )


def _time_of_week(table: str) -> tuple:
    return (
        sa.Column("rank", sa.Integer(), nullable=False),
        *_key(table, "room_id", "asset"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
    )


def upgrade() -> None:
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("round", "area_id", "area"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        *_key("round", "made_by_id", "user_account"),
        sa.Column("proposed_version", sa.Integer(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_round_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    op.create_index(op.f("ix_round_area_id"), "round", ["area_id"])
    op.create_table(
        "round_request",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("round_request", "round_id", "round"),
        *_key("round_request", "group_id", "community_group"),
        *_key("round_request", "need_id", "need"),
        *_key("round_request", "user_id", "user_account"),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("insurance", sa.String(length=40), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.CheckConstraint("times BETWEEN 1 AND 3", name=op.f("ck_round_request_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_request")),
        sa.UniqueConstraint("round_id", "group_id", name=op.f("uq_round_request_round_id_group_id")),
        sa.UniqueConstraint("need_id", name=op.f("uq_round_request_need_id")),
    )
    op.create_index(op.f("ix_round_request_group_id"), "round_request", ["group_id"])
    op.create_table(
        "round_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("round_wish", "request_id", "round_request"),
        *_time_of_week("round_wish"),
        sa.Column("weighed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_wish")),
    )
    op.create_index(op.f("ix_round_wish_request_id"), "round_wish", ["request_id"])
    op.create_table(
        "round_place",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("round_place", "request_id", "round_request"),
        *_time_of_week("round_place"),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("price_pence", sa.Integer(), nullable=False),
        *_key("round_place", "let_id", "room_let", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_place")),
        sa.UniqueConstraint("let_id", name=op.f("uq_round_place_let_id")),
    )
    op.create_index(op.f("ix_round_place_request_id"), "round_place", ["request_id"])
    op.create_index(op.f("ix_round_place_room_id"), "round_place", ["room_id"])
    op.create_table(
        "round_place_date",
        *_key("round_place_date", "place_id", "round_place", ondelete="CASCADE"),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", "on", name=op.f("pk_round_place_date")),
    )


def downgrade() -> None:
    for name in ("round_place_date", "round_place", "round_wish", "round_request", "round"):
        op.drop_table(name)
