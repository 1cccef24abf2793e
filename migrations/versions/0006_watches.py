"""Areas that people watch, and what is news of the register.

News is noted by a trigger: a place may become vacant by an import, a report, the end of an agreement or a broker's
hand, and none of them should have to remember who watches.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NEWS = """(OLD.status <> 'vacant' AND NEW.status = 'vacant') OR (OLD.west IS NULL AND NEW.west IS NOT NULL)
          OR (OLD.withheld_why IS NOT NULL AND NEW.withheld_why IS NULL)
          OR (OLD.gone_on IS NOT NULL AND NEW.gone_on IS NULL)"""
NOTE = """INSERT INTO asset_news (asset_id, area_id, at, why) VALUES (NEW.id, NEW.area_id, NEW.changed_at,
            CASE WHEN OLD.status <> 'vacant' AND NEW.status = 'vacant' THEN 'vacant'
                 WHEN OLD.west IS NULL AND NEW.west IS NOT NULL THEN 'located' ELSE 'shown' END)
          ON CONFLICT (asset_id) DO UPDATE SET at = excluded.at, why = excluded.why"""
SQLITE = [f"CREATE TRIGGER asset_news AFTER UPDATE ON asset WHEN {NEWS} BEGIN {NOTE}; END"]
POSTGRESQL = [
    f"""CREATE FUNCTION note_asset_news() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          {NOTE}; RETURN NULL; END $$""",
    f"""CREATE TRIGGER asset_news AFTER UPDATE ON asset FOR EACH ROW WHEN ({NEWS})
        EXECUTE FUNCTION note_asset_news()""",
]


def upgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("query_hash", sa.String(length=64), nullable=False),
        sa.Column("often", sa.String(length=40), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("touched_at", INSTANT, nullable=False),
        sa.Column("asked_again_at", INSTANT, nullable=True),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_watch_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("token", name=op.f("uq_watch_token")),
        sa.UniqueConstraint(
            "area_id", "email", "query_hash", name=op.f("uq_watch_area_id_email_query_hash")
        ),
    )
    op.create_index("ix_watch_area_due", "watch", ["area_id", "due_at"], unique=False)
    op.create_table(
        "asset_news",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_asset_news_asset_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_news")),
    )
    op.create_index("ix_asset_news_area_at", "asset_news", ["area_id", "at"], unique=False)
    # Where a mail program may stop letters of this kind by itself (RFC 8058).
    op.add_column("letter", sa.Column("leave_url", sa.String(length=500), nullable=True))
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER asset_news")
    else:
        op.execute("DROP TRIGGER asset_news ON asset")
        op.execute("DROP FUNCTION note_asset_news")
    op.execute("ALTER TABLE letter DROP COLUMN leave_url")
    op.drop_table("asset_news")
    op.drop_table("watch")
