"""Needs with a window, single dates in another room, and holds for blockings and for dates that are offered to who waits.

SQLite makes `hold` anew to change it, which takes its triggers away; those on `asset` speak of it. So all four are
dropped first and made again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ONE_CAUSE = (
    "CASE WHEN occurrence_id IS NULL THEN 0 ELSE 1 END + CASE WHEN blocking_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN offer_id IS NULL THEN 0 ELSE 1 END = 1"
)
CAUSES = ("occurrence_id", "blocking_id", "offer_id")
IN_PARTS = """INSERT INTO hold ({causes}, room_id, starts, ends)
           SELECT {causes}, NEW.id, starts, ends FROM hold WHERE room_id = NEW.parent_id;"""
OVERLAP = """SELECT 1 FROM hold WHERE room_id = NEW.room_id AND starts < NEW.ends AND ends > NEW.starts"""
TRIGGERS = ("hold_no_overlap_insert", "hold_no_overlap_update", "hold_in_parts_insert", "hold_in_parts_update")


def _need() -> tuple[sa.Column, ...]:
    return (
        sa.Column("other_days", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("earliest", sa.Time(), nullable=True),
        sa.Column("latest", sa.Time(), nullable=True),
        sa.Column("changing_place", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("parking", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("facilities", sa.String(length=200), nullable=False, server_default=""),
    )


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    for column in _need():
        op.add_column("need", column)
    with op.batch_alter_table("occurrence") as table:  # nothing here makes SQLite build it anew
        table.add_column(sa.Column("attended", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("moved_from", INSTANT, nullable=True))
    _add_key("occurrence", "other_room_id", "asset")
    op.create_index(op.f("ix_occurrence_other_room_id"), "occurrence", ["other_room_id"])
    _tables()
    _drop_triggers()
    with op.batch_alter_table("hold") as table:
        table.alter_column("occurrence_id", existing_type=sa.Integer(), nullable=True)
        for name, target in (("blocking_id", "blocking"), ("offer_id", "date_offer")):
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(op.f(f"fk_hold_{name}"), target, [name], ["id"])
            table.create_index(op.f(f"ix_hold_{name}"), [name])
        table.create_check_constraint(op.f("ck_hold_one_cause"), ONE_CAUSE)
    _make_triggers(CAUSES)


def downgrade() -> None:
    op.execute("DELETE FROM hold WHERE occurrence_id IS NULL")
    _drop_triggers()
    with op.batch_alter_table("hold") as table:
        table.drop_constraint(op.f("ck_hold_one_cause"), type_="check")
        for name in ("blocking_id", "offer_id"):
            table.drop_index(op.f(f"ix_hold_{name}"))
            table.drop_constraint(op.f(f"fk_hold_{name}"), type_="foreignkey")
            table.drop_column(name)
        table.alter_column("occurrence_id", existing_type=sa.Integer(), nullable=False)
    _make_triggers(CAUSES[:1])
    for name in ("date_offer", "waiting", "blocking"):
        op.drop_table(name)
    op.drop_index(op.f("ix_occurrence_other_room_id"), "occurrence")
    for name in ("other_room_id", "attended", "moved_from"):
        op.drop_column("occurrence", name)
    for column in _need():
        op.drop_column("need", column.name)


def _add_key(table: str, name: str, target: str) -> None:
    """A key to another table, in the column itself: so SQLite need not build the table anew."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {name} INTEGER CONSTRAINT fk_{table}_{name} REFERENCES {target} (id)"
    )


def _key(table: str, name: str, target: str, *, nullable: bool = False) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
    )


def _tables() -> None:
    op.create_table(
        "blocking",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("blocking", "area_id", "area"),
        *_key("blocking", "room_id", "asset"),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("days", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        *_key("blocking", "made_by_id", "user_account"),
        sa.Column("lifted_at", INSTANT, nullable=True),
        *_key("blocking", "lifted_by_id", "user_account", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocking")),
    )
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("waiting", "area_id", "area"),
        *_key("waiting", "room_id", "asset"),
        *_key("waiting", "group_id", "community_group"),
        *_key("waiting", "need_id", "need"),
        *_key("waiting", "user_id", "user_account"),
        sa.Column("insurance", sa.String(length=40), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("need_id", name=op.f("uq_waiting_need_id")),
    )
    op.create_table(
        "date_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("date_offer", "waiting_id", "waiting"),
        *_key("date_offer", "occurrence_id", "occurrence"),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("ends", INSTANT, nullable=False),
        sa.Column("offered_at", INSTANT, nullable=False),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        *_key("date_offer", "let_id", "room_let", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_offer")),
        sa.UniqueConstraint("waiting_id", "occurrence_id", name=op.f("uq_date_offer_waiting_id_occurrence_id")),
    )
    for table, column in (
        ("blocking", "area_id"), ("blocking", "room_id"),
        ("waiting", "area_id"), ("waiting", "room_id"), ("waiting", "group_id"),
        ("date_offer", "waiting_id"), ("date_offer", "occurrence_id"), ("date_offer", "answer_by"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _drop_triggers() -> None:
    if not _postgresql():
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")


def _make_triggers(causes: tuple[str, ...]) -> None:
    in_parts = IN_PARTS.format(causes=", ".join(causes))
    if _postgresql():
        op.execute(
            f"""CREATE OR REPLACE FUNCTION hold_in_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
                {in_parts}
              END IF; RETURN NEW; END $$"""
        )
        return
    op.execute(
        f"""CREATE TRIGGER hold_no_overlap_insert BEFORE INSERT ON hold WHEN EXISTS (
              {OVERLAP}) BEGIN SELECT RAISE(ABORT, 'hold_no_overlap'); END"""
    )
    op.execute(
        f"""CREATE TRIGGER hold_no_overlap_update BEFORE UPDATE ON hold WHEN EXISTS (
              {OVERLAP} AND id <> OLD.id) BEGIN SELECT RAISE(ABORT, 'hold_no_overlap'); END"""
    )
    op.execute(
        f"CREATE TRIGGER hold_in_parts_insert AFTER INSERT ON asset WHEN NEW.parent_id IS NOT NULL BEGIN {in_parts} END"
    )
    op.execute(
        f"""CREATE TRIGGER hold_in_parts_update AFTER UPDATE OF parent_id ON asset
              WHEN NEW.parent_id IS NOT NULL AND NEW.parent_id IS NOT OLD.parent_id BEGIN {in_parts} END"""
    )
