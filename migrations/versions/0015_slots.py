"""Which rooms' holds have changed, so that every process knows what is taken at once; a hall held besides its parts.

`hold_change` has one row for each room: when its holds last changed. On PostgreSQL that is the number of the
transaction: numbers of a sequence are given out in another order than they are committed, and whoever remembered the
last one would miss a change. On SQLite, where one writes at a time, it is a count. `rooms_state` says the same of all
that is said of an area's rooms beside the register.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CAUSES = "occurrence_id, blocking_id, offer_id"
IN_PARTS = f"""INSERT INTO hold ({CAUSES}, room_id, starts, ends)
           SELECT {CAUSES}, NEW.id, starts, ends FROM hold WHERE room_id = NEW.parent_id;"""  # noqa: S608
PART = "TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id"
COUNTED = """INSERT INTO hold_change (room_id, at)
              SELECT {row}.room_id, COALESCE(MAX(at), 0) + 1 FROM hold_change WHERE true
              ON CONFLICT (room_id) DO UPDATE SET at = excluded.at;"""
SQLITE = [
    # A number that no earlier database had.
    """CREATE TRIGGER rooms_begin AFTER INSERT ON area BEGIN
         INSERT INTO rooms_state (area_id, born, at) VALUES (NEW.id, abs(random()) % 1000000000000, 0); END""",
    *(
        f"""CREATE TRIGGER hold_changed_{what.lower()} AFTER {what} ON hold BEGIN
              {" ".join(COUNTED.format(row=row) for row in rows)} END"""
        for what, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"]))
    ),
]
POSTGRESQL = [
    """CREATE FUNCTION rooms_begin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO rooms_state (area_id, born, at) VALUES (NEW.id, floor(random() * 1000000000000), 0);
         RETURN NULL; END $$""",
    "CREATE TRIGGER rooms_begin AFTER INSERT ON area FOR EACH ROW EXECUTE FUNCTION rooms_begin()",
    """CREATE FUNCTION hold_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO hold_change (room_id, at)
           SELECT DISTINCT room_id, pg_current_xact_id()::text::bigint FROM changed ORDER BY room_id
           ON CONFLICT (room_id) DO UPDATE SET at = excluded.at;
         RETURN NULL; END $$""",
    *(
        f"""CREATE TRIGGER hold_changed_{name} AFTER {what} ON hold REFERENCING {table} TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION hold_changed()"""
        for name, what, table in (
            ("insert", "INSERT", "NEW"),
            ("update_from", "UPDATE", "OLD"),
            ("update_to", "UPDATE", "NEW"),
            ("delete", "DELETE", "OLD"),
        )
    ),
    # Who divides a room waits for those who hold it just now, and they for him: what the part must be held for is
    # copied when it is known (7002: portal/lettings/holding.py).
    f"""CREATE OR REPLACE FUNCTION hold_in_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF {PART} THEN
           IF EXISTS (SELECT 1 FROM asset WHERE id = NEW.parent_id AND kind = 'room') THEN
             PERFORM pg_advisory_xact_lock(7002, 0);
           END IF;
           {IN_PARTS}
         END IF; RETURN NEW; END $$""",  # noqa: S608
]
WITHOUT_LOCK = f"""CREATE OR REPLACE FUNCTION hold_in_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF {PART} THEN {IN_PARTS} END IF; RETURN NEW; END $$"""

# Halls were held through their parts alone; a part that is added when another is there needs the hall's own hold.
HALLS = f"""INSERT INTO hold ({CAUSES}, room_id, starts, ends)
  SELECT DISTINCT h.occurrence_id, h.blocking_id, h.offer_id, l.room_id, h.starts, h.ends
  FROM hold h JOIN occurrence o ON o.id = h.occurrence_id JOIN room_let l ON l.id = o.let_id
  WHERE o.other_room_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM hold mine WHERE mine.room_id = l.room_id AND mine.starts < h.ends AND mine.ends > h.starts)"""  # noqa: S608
NOT_HALLS = """DELETE FROM hold WHERE EXISTS (
  SELECT 1 FROM asset part WHERE part.parent_id = hold.room_id AND part.kind = 'room')"""


def upgrade() -> None:
    op.create_table(
        "hold_change",
        sa.Column("room_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_hold_change")),
    )
    op.create_index(op.f("ix_hold_change_at"), "hold_change", ["at"])
    op.create_table(
        "rooms_state",
        sa.Column("area_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_rooms_state_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_rooms_state")),
    )
    op.execute(HALLS)
    # What was never counted before may begin with the register's own number, which no other database has.
    op.execute(
        "INSERT INTO rooms_state (area_id, born, at) SELECT area_id, whole_at, 0 FROM register_state"
    )
    for statement in POSTGRESQL if _postgresql() else SQLITE:
        op.execute(sa.text(statement.replace("::", r"\:\:")))


def downgrade() -> None:
    if _postgresql():
        op.execute(WITHOUT_LOCK)
        for name in ("insert", "update_from", "update_to", "delete"):
            op.execute(f"DROP TRIGGER hold_changed_{name} ON hold")
        op.execute("DROP TRIGGER rooms_begin ON area")
        for function in ("hold_changed", "rooms_begin"):
            op.execute(f"DROP FUNCTION {function}")
    else:
        for name in (
            "hold_changed_insert",
            "hold_changed_update",
            "hold_changed_delete",
            "rooms_begin",
        ):
            op.execute(f"DROP TRIGGER {name}")
    op.execute(NOT_HALLS)
    op.drop_table("rooms_state")
    op.drop_table("hold_change")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
