"""No refusal without its ground, its evidence and the two columns; the officer's post; a sheet of scores that is not finished yet."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# As in the model. A JSON column may hold the word null, which is not NULL.
HAS_CAUSE = (
    "outcome <> 'refused' OR (ground IS NOT NULL AND trim(ground) <> '' AND evidence IS NOT NULL "
    "AND trim(evidence) <> '' AND result IS NOT NULL AND CAST(result AS TEXT) <> 'null')"
)


def upgrade() -> None:
    with op.batch_alter_table("decision") as table:
        table.create_check_constraint(op.f("ck_decision_refusal_has_cause"), HAS_CAUSE)
    op.add_column("holder_response", sa.Column("post", sa.String(length=120), nullable=True))
    op.create_table(
        "score_draft",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_score_draft_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_score_draft_user_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "round", "user_id", name=op.f("pk_score_draft")),
    )


def downgrade() -> None:
    op.drop_table("score_draft")
    op.drop_column("holder_response", "post")
    if op.get_bind().dialect.name == "sqlite":
        # The table is made anew, and made without what Alembic does not read of it: its checks.
        with op.batch_alter_table("decision", recreate="always"):
            pass
    else:
        op.drop_constraint(op.f("ck_decision_refusal_has_cause"), "decision")
