"""Days a need leaves out, needs that are kept and answered by e-mail, and the stops of buses and trams."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("need", sa.Column("without", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("need", sa.Column("group_kind", sa.String(length=40), nullable=True))
    op.create_table(
        "saved_need",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("saved_need", "area_id", "area"),
        *_key("saved_need", "user_id", "user_account"),
        *_key("saved_need", "need_id", "need"),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("looked", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_need")),
        sa.UniqueConstraint("need_id", name=op.f("uq_saved_need_need_id")),
        sa.UniqueConstraint("token", name=op.f("uq_saved_need_token")),
    )
    for column in ("area_id", "user_id"):
        op.create_index(op.f(f"ix_saved_need_{column}"), "saved_need", [column])
    op.create_table(
        "saved_need_room",
        sa.Column("saved_need_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_need_id"], ["saved_need.id"], name=op.f("fk_saved_need_room_saved_need_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["asset.id"], name=op.f("fk_saved_need_room_room_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("saved_need_id", "room_id", name=op.f("pk_saved_need_room")),
    )
    op.create_table(
        "stop",
        *_key("stop", "area_id", "area"),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "code", name=op.f("pk_stop")),
    )
    _say_when()


def _say_when() -> None:
    """Stops are told of with rooms, so whoever keeps these in memory reads them again (rooms_said: 0016)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE TRIGGER rooms_said AFTER INSERT OR UPDATE OR DELETE ON stop
               FOR EACH STATEMENT EXECUTE FUNCTION rooms_said()"""
        )
        return
    for what in ("INSERT", "UPDATE", "DELETE"):
        op.execute(
            f"""CREATE TRIGGER stop_said_{what.lower()} AFTER {what} ON stop BEGIN
                  UPDATE rooms_state SET at = at + 1; END"""
        )


def downgrade() -> None:
    for name in ("stop", "saved_need_room", "saved_need"):
        op.drop_table(name)
    op.drop_column("need", "group_kind")
    op.drop_column("need", "without")


def _key(table: str, name: str, target: str) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
    )
