"""Questions about who owns a place."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ownership_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("through", sa.String(length=40), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("hidden_why", sa.String(length=300), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("profile_from", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("joined_to_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_ownership_question_area_id")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_ownership_question_asset_id")),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name=op.f("fk_ownership_question_group_id")),
        sa.ForeignKeyConstraint(
            ["joined_to_id"], ["ownership_question.id"], name=op.f("fk_ownership_question_joined_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_question")),
        sa.UniqueConstraint("once", name=op.f("uq_ownership_question_once")),
    )  # fmt: skip
    op.create_index("ix_ownership_question_area_state_due", "ownership_question", ["area_id", "state", "due"])  # fmt: skip
    op.create_index("ix_ownership_question_area_address", "ownership_question", ["area_id", "address"])  # fmt: skip
    op.create_index("ix_ownership_question_area_lat", "ownership_question", ["area_id", "lat"])
    for column in ("asset_id", "ended_on", "joined_to_id"):
        op.create_index(op.f(f"ix_ownership_question_{column}"), "ownership_question", [column])
    op.create_table(
        "ownership_listener",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["ownership_question.id"],
            name=op.f("fk_ownership_listener_question_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_ownership_listener_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_listener")),
        sa.UniqueConstraint("question_id", "email", name=op.f("uq_ownership_listener_question_id_email")),
    )  # fmt: skip
    op.create_index(op.f("ix_ownership_listener_user_id"), "ownership_listener", ["user_id"])
    op.create_table(
        "ownership_body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["ownership_question.id"], name=op.f("fk_ownership_body_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_body")),
    )  # fmt: skip
    op.create_index(op.f("ix_ownership_body_question_id"), "ownership_body", ["question_id"])
    op.create_table(
        "ownership_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("title_number", sa.String(length=40), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("more", sa.Text(), nullable=False),
        sa.Column("in_register", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["ownership_question.id"], name=op.f("fk_ownership_answer_question_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_ownership_answer_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_answer")),
    )  # fmt: skip
    op.create_index(op.f("ix_ownership_answer_question_id"), "ownership_answer", ["question_id"])
    op.create_table(
        "ownership_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=True),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["ownership_question.id"], name=op.f("fk_ownership_event_question_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_ownership_event_user_id")),
        sa.ForeignKeyConstraint(["body_id"], ["ownership_body.id"], name=op.f("fk_ownership_event_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_event")),
    )  # fmt: skip
    op.create_index(op.f("ix_ownership_event_question_id"), "ownership_event", ["question_id"])


def downgrade() -> None:
    for table in ("event", "answer", "body", "listener", "question"):
        op.drop_table(f"ownership_{table}")
