"""What retention and erasure need: whom a letter told that an account will end, counts of pages; a signature's name may give way to a role."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SAME = " AND ".join(
    f"NEW.{name} = OLD.{name}"
    for name in ("proposal_id", "edition", "role", "user_id", "at", "sha256")
)
# What may be changed in a signature: its name becomes its role, and its position goes.
ERASING = f"NOT (NEW.name = NEW.role AND NEW.position = '' AND {SAME})"


def _signature_kept(condition: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER signature_kept")
        op.execute(
            f"CREATE TRIGGER signature_kept BEFORE UPDATE ON signature WHEN {condition}"
            " BEGIN SELECT RAISE(ABORT, 'signature_kept'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION signature_signature_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE integrity_constraint_violation USING MESSAGE = 'signature_kept'; END IF;"
        " RETURN NEW; END $$"
    )


def upgrade() -> None:
    op.create_table(
        "account_warning",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("warned_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_account_warning_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_account_warning")),
    )
    op.create_table(
        "visit_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "endpoint", name=op.f("pk_visit_count")),
    )
    _signature_kept(ERASING)


def downgrade() -> None:
    _signature_kept("1 = 1")
    op.drop_table("visit_count")
    op.drop_table("account_warning")
