"""What a sign-in link is bound to, the browsers in which people are signed in, and a second step for staff."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Last first.
TABLES = ("recovery_code", "second_step", "signed_in")
OF_A_LINK = ("code_tries", "code_hash", "browser_hash")


def upgrade() -> None:
    op.add_column("user_account", sa.Column("signed_in_at", INSTANT, nullable=True))
    op.add_column("sign_in_link", sa.Column("browser_hash", sa.String(length=64), nullable=True))
    op.add_column("sign_in_link", sa.Column("code_hash", sa.String(length=64), nullable=True))
    op.add_column("sign_in_link", sa.Column("code_tries", sa.Integer(), nullable=False, server_default="0"))
    _index("sign_in_link", "browser_hash")
    _signed_in()
    _second_step()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    op.drop_index(op.f("ix_sign_in_link_browser_hash"), "sign_in_link")
    for name in OF_A_LINK:
        op.drop_column("sign_in_link", name)
    op.drop_column("user_account", "signed_in_at")


def _user(table: str) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id")),
    )


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _signed_in() -> None:
    op.create_table(
        "signed_in",
        sa.Column("id", sa.Integer(), nullable=False),
        *_user("signed_in"),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=60), nullable=False),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("second_step_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_signed_in_key_hash")),
    )
    _index("signed_in", "user_id")


def _second_step() -> None:
    op.create_table(
        "second_step",
        *_user("second_step"),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("last_counter", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("wait_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        *_user("recovery_code"),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    _index("recovery_code", "user_id")
