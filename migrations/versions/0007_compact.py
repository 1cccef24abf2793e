"""The compact in full: interest, files, more time, notices of open space, the chair's summary, a second round.

A decision belongs to a round now: a review's stands beside the first. SQLite cannot change a primary key, so the
table is made anew there and everywhere.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ADDED = (
    ("declared_on", sa.Date()),
    ("hearing_opened_on", sa.Date()),
    ("open_space", sa.Boolean()),
    ("sign_shown_on", sa.Date()),
    ("sign_token", sa.String(length=20)),
    ("use_kind", sa.String(length=40)),
    ("backing", sa.Text()),
)
DECISION = "proposal_id, outcome, \"on\", user_id, reasons, ground, evidence, result, resolution_reference, resolution_on"


def upgrade() -> None:
    for name, kind in ADDED:
        op.add_column("proposal", sa.Column(name, kind, nullable=True))
    op.add_column(
        "proposal", sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.create_index("uq_proposal_sign_token", "proposal", ["sign_token"], unique=True)
    op.add_column("representation", sa.Column("hidden_on", sa.Date(), nullable=True))
    op.add_column("representation", sa.Column("hidden_why", sa.Text(), nullable=True))
    op.add_column(
        "score", sa.Column("round", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("shows", sa.String(length=300), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("thumb", sa.LargeBinary(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_case_file_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_file_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(op.f("ix_case_file_proposal_id"), "case_file", ["proposal_id"])
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("instead_of", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("given", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_extension_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_extension_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_proposal_id"), "extension", ["proposal_id"])
    one_open = sa.text("answered_on IS NULL")
    op.create_index(
        "uq_extension_one_open",
        "extension",
        ["proposal_id"],
        unique=True,
        sqlite_where=one_open,
        postgresql_where=one_open,
    )
    op.create_table(
        "space_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("newspaper", sa.String(length=120), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_space_notice_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_file.id"], name=op.f("fk_space_notice_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_space_notice_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_notice")),
        sa.UniqueConstraint(
            "proposal_id", "newspaper", "on", name=op.f("uq_space_notice_proposal_id_newspaper_on")
        ),
    )
    op.create_index(op.f("ix_space_notice_proposal_id"), "space_notice", ["proposal_id"])
    op.create_table(
        "summing_up",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_summing_up_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_summing_up_user_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "round", name=op.f("pk_summing_up")),
    )
    _decisions(sa.Column("round", sa.Integer(), nullable=False), ", round", ", 1", "")


def downgrade() -> None:
    _decisions(None, "", "", " WHERE round = 1")
    for table in ("summing_up", "space_notice", "extension", "case_file"):
        op.drop_table(table)
    op.drop_column("score", "round")
    op.drop_column("representation", "hidden_why")
    op.drop_column("representation", "hidden_on")
    op.drop_index("uq_proposal_sign_token", "proposal")
    op.drop_column("proposal", "round")
    for name, _kind in reversed(ADDED):
        op.drop_column("proposal", name)


def _decisions(extra: sa.Column | None, names: str, values: str, where: str) -> None:
    """The table of decisions anew, with or without its rounds, and everything in it."""
    op.rename_table("decision", "decision_old")
    if op.get_bind().dialect.name == "postgresql":
        # A renamed table keeps the names of its constraints.
        for name in ("pk_decision", "fk_decision_proposal_id", "fk_decision_user_id"):
            op.execute(f"ALTER TABLE decision_old DROP CONSTRAINT {name}")
    keys = ["proposal_id", *(["round"] if extra is not None else [])]
    op.create_table(
        "decision",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        *([extra] if extra is not None else []),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("resolution_reference", sa.String(length=120), nullable=True),
        sa.Column("resolution_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_decision_user_id")),
        sa.PrimaryKeyConstraint(*keys, name=op.f("pk_decision")),
    )
    op.execute(
        f"INSERT INTO decision ({DECISION}{names}) SELECT {DECISION}{values} FROM decision_old{where}"
    )
    op.drop_table("decision_old")
