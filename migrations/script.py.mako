"""${message}

Before you write here: an ALTER on a large table locks it for everyone. Add columns as nullable, fill them in
batches, then make them strict; build an index on PostgreSQL with CONCURRENTLY.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
