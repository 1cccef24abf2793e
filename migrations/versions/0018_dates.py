"""Dates that became free, how many came, and until when a group can say that it still needs its room."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEYS = (("area_id", "area"), ("occurrence_id", "occurrence"), ("room_id", "asset"))


def upgrade() -> None:
    op.create_table(
        "freed",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name, _ in KEYS),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("ends", INSTANT, nullable=False),
        sa.Column("freed_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freed")),
        *(sa.ForeignKeyConstraint([n], [f"{t}.id"], name=op.f(f"fk_freed_{n}")) for n, t in KEYS),
    )
    op.create_index(op.f("ix_freed_occurrence_id"), "freed", ["occurrence_id"])
    op.create_index("ix_freed_area_id_closed_at", "freed", ["area_id", "closed_at"])
    # In the column itself: so SQLite need not build the table anew, which holds point to.
    op.execute(
        "ALTER TABLE date_offer ADD COLUMN freed_id INTEGER CONSTRAINT fk_date_offer_freed_id REFERENCES freed (id)"
    )
    op.create_index(op.f("ix_date_offer_freed_id"), "date_offer", ["freed_id"])
    op.add_column("occurrence", sa.Column("people_came", sa.Integer(), nullable=True))
    op.add_column("room_let", sa.Column("keep_by", INSTANT, nullable=True))
    op.add_column("room_let", sa.Column("kept_at", INSTANT, nullable=True))


def downgrade() -> None:
    for table, column in (("room_let", "kept_at"), ("room_let", "keep_by"), ("occurrence", "people_came")):
        op.drop_column(table, column)
    op.drop_index(op.f("ix_date_offer_freed_id"), "date_offer")
    op.drop_column("date_offer", "freed_id")
    op.drop_table("freed")
