"""Rooms as their holders keep them: rates by kind of group, who opens, term dates and closures, what is in a room."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
# Empty: nobody has said. So an import, which knows nothing of them, need not name them.
COLUMNS = {"facilities": sa.String(length=200), "hire_when": sa.String(length=40)}


def _key(table: str, name: str, target: str, *, nullable: bool = False) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
    )


# Whoever keeps the rooms in memory must know that something is said anew of them (rooms_state: 0015).
SAID = ("room_rate", "keyholder", "holder_term", "closure")


def _say_when() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE FUNCTION rooms_said() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 UPDATE rooms_state SET at = pg_current_xact_id()\\:\\:text\\:\\:bigint; RETURN NULL; END $$"""
        )
        for table in SAID:
            op.execute(
                f"""CREATE TRIGGER rooms_said AFTER INSERT OR UPDATE OR DELETE ON {table}
                    FOR EACH STATEMENT EXECUTE FUNCTION rooms_said()"""
            )
        return
    for table in SAID:
        for what in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"""CREATE TRIGGER {table}_said_{what.lower()} AFTER {what} ON {table} BEGIN
                      UPDATE rooms_state SET at = at + 1; END"""  # noqa: S608
            )


def upgrade() -> None:
    for name, kind in COLUMNS.items():  # not by a batch: SQLite would make the table anew and lose its triggers
        op.add_column("asset", sa.Column(name, kind, nullable=True))
    op.create_table(
        "room_rate",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.CheckConstraint("pence >= 0", name=op.f("ck_room_rate_pence")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["asset.id"], name=op.f("fk_room_rate_room_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", "kind", name=op.f("pk_room_rate")),
    )
    op.create_table(
        "keyholder",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("keyholder", "area_id", "area"),
        *_key("keyholder", "asset_id", "asset"),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        *_key("keyholder", "user_id", "user_account", nullable=True),
        sa.Column("days", sa.String(length=200), nullable=False),
        sa.Column("until", sa.Time(), nullable=True),
        sa.Column("cost_pence", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.CheckConstraint("cost_pence >= 0", name=op.f("ck_keyholder_cost_pence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyholder")),
    )
    op.create_table(
        "holder_term",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("holder_term", "holder_id", "holder"),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_holder_term_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_term")),
        sa.UniqueConstraint("holder_id", "first", name=op.f("uq_holder_term_holder_id_first")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("closure", "holder_id", "holder"),
        *_key("closure", "asset_id", "asset", nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        *_key("closure", "made_by_id", "user_account"),
        sa.CheckConstraint("first <= last", name=op.f("ck_closure_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    for table, column in (
        ("keyholder", "area_id"), ("keyholder", "asset_id"), ("keyholder", "user_id"),
        ("closure", "holder_id"), ("closure", "asset_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    _say_when()


def downgrade() -> None:
    for name in ("closure", "holder_term", "keyholder", "room_rate"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION rooms_said")
    for name in COLUMNS:
        op.execute(f"ALTER TABLE asset DROP COLUMN {name}")
