"""Places that people report as standing empty."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("called", sa.String(length=200), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("exactly", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("how_long", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("reported_at", INSTANT, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("shown_words", sa.Text(), nullable=False),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name=op.f("ck_sighting_lon")),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_sighting_lat")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_sighting_area_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_sighting_ward_id")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_sighting_asset_id")),
        sa.ForeignKeyConstraint(
            ["same_as_id"], ["sighting.id"], name=op.f("fk_sighting_same_as_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_sighting_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint("token", name=op.f("uq_sighting_token")),
    )
    op.create_index("ix_sighting_area_state", "sighting", ["area_id", "state", "reported_at"], unique=False)
    op.create_index(op.f("ix_sighting_asset_id"), "sighting", ["asset_id"], unique=False)
    op.create_index(op.f("ix_sighting_same_as_id"), "sighting", ["same_as_id"], unique=False)
    op.create_table(
        "sighting_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("webp", sa.LargeBinary(), nullable=False),
        sa.Column("thumb", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("shown_at", INSTANT, nullable=True),
        sa.Column("shown_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sighting_id"],
            ["sighting.id"],
            name=op.f("fk_sighting_photo_sighting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shown_by_id"], ["user_account.id"], name=op.f("fk_sighting_photo_shown_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting_photo")),
        sa.UniqueConstraint(
            "sighting_id", "digest", name=op.f("uq_sighting_photo_sighting_id_digest")
        ),
    )


def downgrade() -> None:
    op.drop_table("sighting_photo")
    op.drop_table("sighting")
