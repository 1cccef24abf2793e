"""The first tables.

Not frozen yet: while 0.1 is being built the tables come from the models; before the release this file is written
out in full and never changes again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = [
    # The box of every asset's shape, kept by the database itself so that no writer can forget it.
    "CREATE VIRTUAL TABLE asset_box USING rtree(id, west, east, south, north)",
    """CREATE TRIGGER asset_box_insert AFTER INSERT ON asset WHEN NEW.west IS NOT NULL BEGIN
         INSERT INTO asset_box VALUES (NEW.id, NEW.west, NEW.east, NEW.south, NEW.north); END""",
    """CREATE TRIGGER asset_box_update AFTER UPDATE OF west, east, south, north ON asset BEGIN
         DELETE FROM asset_box WHERE id = OLD.id;
         INSERT INTO asset_box SELECT NEW.id, NEW.west, NEW.east, NEW.south, NEW.north WHERE NEW.west IS NOT NULL; END""",
    "CREATE TRIGGER asset_box_delete AFTER DELETE ON asset BEGIN DELETE FROM asset_box WHERE id = OLD.id; END",
    # No room is held twice: the same refusal as PostgreSQL's exclusion constraint, inside the writer's lock.
    """CREATE TRIGGER hold_no_overlap_insert BEFORE INSERT ON hold WHEN EXISTS (
         SELECT 1 FROM hold WHERE room_id = NEW.room_id AND starts < NEW.ends AND ends > NEW.starts)
       BEGIN SELECT RAISE(ABORT, 'hold_no_overlap'); END""",
    """CREATE TRIGGER hold_no_overlap_update BEFORE UPDATE ON hold WHEN EXISTS (
         SELECT 1 FROM hold WHERE room_id = NEW.room_id AND starts < NEW.ends AND ends > NEW.starts AND id <> OLD.id)
       BEGIN SELECT RAISE(ABORT, 'hold_no_overlap'); END""",
    # Nothing in the ledger is edited, only reversed.
    "CREATE TRIGGER entry_kept_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry_kept'); END",
    "CREATE TRIGGER entry_kept_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry_kept'); END",
]
POSTGRESQL = [
    "CREATE INDEX ix_asset_shape ON asset USING gist (shape)",
    # No room is held twice.
    """ALTER TABLE hold ADD CONSTRAINT hold_no_overlap
         EXCLUDE USING gist (room_id WITH =, tstzrange(starts, ends) WITH &&)""",
    # Nothing in the ledger is edited, only reversed.
    """CREATE OR REPLACE FUNCTION entry_kept() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'entry_kept'; END $$""",
    "CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_kept()",
]


def upgrade() -> None:
    from portal.models import Model

    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    Model.metadata.create_all(bind)
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    from portal.models import Model

    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        op.execute("DROP TABLE asset_box")
    Model.metadata.drop_all(bind)
