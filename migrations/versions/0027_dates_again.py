"""A date that becomes free again is offered again; what deposit a room asks for; rent that was asked for in advance.

SQLite cannot take a constraint off a table, so `date_offer` is built anew there. Holds point to it: those for offers are
set aside meanwhile, or the old table could not go.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

COLUMNS = "id, waiting_id, occurrence_id, starts, ends, offered_at, answer_by, answered_at, let_id, freed_id"
HOLD = "id, occurrence_id, blocking_id, offer_id, room_id, starts, ends"
UNIQUE = "CONSTRAINT uq_date_offer_waiting_id_occurrence_id UNIQUE (waiting_id, occurrence_id)"
INDEXED = ("waiting_id", "occurrence_id", "answer_by", "freed_id")
# Of a date that was offered to a group more than once the last offer stays, as it was before.
ONLY_LAST = """DELETE FROM date_offer WHERE id NOT IN (
  SELECT max(id) FROM date_offer GROUP BY waiting_id, occurrence_id)"""


def upgrade() -> None:
    op.create_table(
        "room_deposit",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_deposit")),
        sa.ForeignKeyConstraint(["room_id"], ["asset.id"], name=op.f("fk_room_deposit_room_id"), ondelete="CASCADE"),
        sa.CheckConstraint("pence > 0", name=op.f("ck_room_deposit_pence")),
    )
    op.create_table(
        "rent_ahead",
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("pk_rent_ahead")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_rent_ahead_charge_id")),
    )
    if _sqlite():
        _anew("")
    else:
        op.drop_constraint("uq_date_offer_waiting_id_occurrence_id", "date_offer", type_="unique")
    op.execute("CREATE UNIQUE INDEX uq_date_offer_live ON date_offer (waiting_id, occurrence_id) WHERE answered_at IS NULL")


def downgrade() -> None:
    op.execute("DROP INDEX uq_date_offer_live")
    op.execute("DELETE FROM hold WHERE offer_id IN (SELECT id FROM date_offer WHERE answered_at IS NOT NULL)")
    op.execute(ONLY_LAST)
    if _sqlite():
        _anew(f", {UNIQUE}")
    else:
        op.execute(f"ALTER TABLE date_offer ADD {UNIQUE}")
    op.drop_table("rent_ahead")
    op.drop_table("room_deposit")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _anew(unique: str) -> None:
    for statement in (
        f"CREATE TEMP TABLE hold_aside AS SELECT {HOLD} FROM hold WHERE offer_id IS NOT NULL",
        "DELETE FROM hold WHERE offer_id IS NOT NULL",
        f"""CREATE TABLE date_offer_new (
          id INTEGER NOT NULL, waiting_id INTEGER NOT NULL, occurrence_id INTEGER NOT NULL, starts DATETIME NOT NULL,
          ends DATETIME NOT NULL, offered_at DATETIME NOT NULL, answer_by DATETIME NOT NULL, answered_at DATETIME,
          let_id INTEGER, freed_id INTEGER CONSTRAINT fk_date_offer_freed_id REFERENCES freed (id),
          CONSTRAINT pk_date_offer PRIMARY KEY (id),
          CONSTRAINT fk_date_offer_waiting_id FOREIGN KEY(waiting_id) REFERENCES waiting (id),
          CONSTRAINT fk_date_offer_occurrence_id FOREIGN KEY(occurrence_id) REFERENCES occurrence (id),
          CONSTRAINT fk_date_offer_let_id FOREIGN KEY(let_id) REFERENCES room_let (id){unique})""",
        f"INSERT INTO date_offer_new ({COLUMNS}) SELECT {COLUMNS} FROM date_offer",  # noqa: S608
        "DROP TABLE date_offer",
        "ALTER TABLE date_offer_new RENAME TO date_offer",
        *(f"CREATE INDEX ix_date_offer_{name} ON date_offer ({name})" for name in INDEXED),
        f"INSERT INTO hold ({HOLD}) SELECT {HOLD} FROM hold_aside",  # noqa: S608
        "DROP TABLE hold_aside",
    ):
        op.execute(statement)
