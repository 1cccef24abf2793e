"""Rooms as their holders keep them: rates by kind of group, who opens, term dates and closures, what is in a room."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Empty: nobody has said. So an import, which knows nothing of them, need not name them.
COLUMNS = {"facilities": sa.String(length=200), "hire_when": sa.String(length=40)}


def _key(table: str, name: str, target: str, *, nullable: bool = False) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
    )


def upgrade() -> None:
    for name, kind in COLUMNS.items():  # not by a batch: SQLite would make the table anew and lose its triggers
        op.add_column("asset", sa.Column(name, kind, nullable=True))
    op.create_table(
        "room_rate",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.CheckConstraint("pence >= 0", name=op.f("ck_room_rate_pence")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["asset.id"], name=op.f("fk_room_rate_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", "kind", name=op.f("pk_room_rate")),
    )
    op.create_table(
        "keyholder",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("keyholder", "area_id", "area"),
        *_key("keyholder", "asset_id", "asset"),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        *_key("keyholder", "user_id", "user_account", nullable=True),
        sa.Column("days", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Time(), nullable=True),
        sa.Column("cost_pence", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.CheckConstraint("cost_pence >= 0", name=op.f("ck_keyholder_cost_pence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyholder")),
    )
    op.create_table(
        "holder_term",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("holder_term", "holder_id", "holder"),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_holder_term_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_term")),
        sa.UniqueConstraint("holder_id", "first", name=op.f("uq_holder_term_holder_id_first")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("closure", "holder_id", "holder"),
        *_key("closure", "asset_id", "asset", nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        *_key("closure", "made_by_id", "user_account"),
        sa.CheckConstraint("first <= last", name=op.f("ck_closure_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    for table, column in (
        ("keyholder", "area_id"), ("keyholder", "asset_id"), ("keyholder", "user_id"),
        ("closure", "holder_id"), ("closure", "asset_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for name in ("closure", "holder_term", "keyholder", "room_rate"):
        op.drop_table(name)
    for name in COLUMNS:
        op.execute(f"ALTER TABLE asset DROP COLUMN {name}")
