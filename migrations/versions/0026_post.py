"""What the outbox knows of languages, bounces and stopping."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

WAITING = sa.text("sent_at IS NULL AND gave_up_at IS NULL")


def upgrade() -> None:
    # By plain ALTER TABLE, so that SQLite does not build the table anew.
    op.execute(
        "ALTER TABLE letter ADD COLUMN area_id INTEGER CONSTRAINT fk_letter_area_id REFERENCES area (id)"
    )
    op.add_column("letter", sa.Column("language", sa.String(10), nullable=True))
    op.add_column("letter", sa.Column("gave_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_letter_waiting", "letter", ["id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    # What an older version had tried eight times in vain is not tried anew.
    op.execute("UPDATE letter SET gave_up_at = written_at WHERE sent_at IS NULL AND tries >= 8")
    op.create_table(
        "mailbox",
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("language", sa.String(10), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_why", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("address", name="pk_mailbox"),
    )


def downgrade() -> None:
    op.drop_table("mailbox")
    op.drop_index("ix_letter_waiting", "letter")
    op.drop_column("letter", "gave_up_at")
    op.drop_column("letter", "language")
    op.drop_column("letter", "area_id")
