"""Petitions, their signatures and counts on paper; how many people live in the area and in each ward."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("area", sa.Column("population", sa.Integer(), nullable=True))
    op.add_column("area", sa.Column("population_source", sa.String(length=200), nullable=True))
    op.add_column("ward", sa.Column("population", sa.Integer(), nullable=True))
    op.create_table(
        "petition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("eligible", sa.String(length=40), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reached_at", INSTANT, nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("forgotten_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_petition_proposal_id")
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_petition_ward_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_petition_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_petition_proposal_id")),
    )
    op.create_table(
        "petition_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("same_person", sa.String(length=64), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("wants_news", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("looked_at", INSTANT, nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("struck_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_signature_petition_id")
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["ward.id"], name=op.f("fk_petition_signature_ward_id")
        ),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["user_account.id"], name=op.f("fk_petition_signature_looked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_signature")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_petition_signature_token_hash")),
        sa.UniqueConstraint(
            "petition_id", "email", name=op.f("uq_petition_signature_petition_id_email")
        ),
    )
    op.create_index(
        "ix_petition_signature_same_person",
        "petition_signature",
        ["petition_id", "same_person"],
        unique=False,
    )
    op.create_table(
        "petition_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition_id", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("double", sa.Integer(), nullable=False),
        sa.Column("outside", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_paper_petition_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_file.id"], name=op.f("fk_petition_paper_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["petition_paper.id"], name=op.f("fk_petition_paper_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_petition_paper_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_paper")),
        sa.UniqueConstraint(
            "petition_id", "sha256", name=op.f("uq_petition_paper_petition_id_sha256")
        ),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_petition_paper_corrects_id")),
    )


def downgrade() -> None:
    for table in ("petition_paper", "petition_signature", "petition"):
        op.drop_table(table)
    # Not by a copy of the table: on SQLite that would lose the triggers that stand on it.
    op.execute("ALTER TABLE ward DROP COLUMN population")
    op.execute("ALTER TABLE area DROP COLUMN population_source")
    op.execute("ALTER TABLE area DROP COLUMN population")
