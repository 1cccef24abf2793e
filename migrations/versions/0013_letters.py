"""Every formal step's letter, kept as it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_letter",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["case_event.id"], name=op.f("fk_case_letter_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_case_letter")),
    )


def downgrade() -> None:
    op.drop_table("case_letter")
