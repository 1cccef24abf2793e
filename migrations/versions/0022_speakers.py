"""The chair's own order of those who speak at a hearing."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hearing_speaker", sa.Column("place", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("hearing_speaker", "place")
