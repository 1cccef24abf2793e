"""What groups owe, whose money a posting is about, what is to be kept of a deposit, and payments by card.

Columns with a key to another table are added in the column itself, so that SQLite never builds a table anew that others
point to. From here on a posting is kept as its entries are, and on PostgreSQL the sum of its entries is looked at when
the transaction ends.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEYS = (
    ("deposit", "holder_id", "holder"),
    ("deposit", "group_id", "community_group"),
    ("posting", "charge_id", "charge"),
    ("posting", "holder_id", "holder"),
)
SQLITE = (
    "CREATE TRIGGER posting_kept_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'posting_kept'); END",
    "CREATE TRIGGER posting_kept_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'posting_kept'); END",
)
POSTGRESQL = (
    "CREATE TRIGGER posting_kept BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION entry_kept()",
    """CREATE FUNCTION posting_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF (SELECT count(*) = 0 OR sum(pence) <> 0 FROM entry WHERE posting_id =
             (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'entry' THEN 'posting_id' ELSE 'id' END)::int) THEN
           RAISE integrity_constraint_violation USING MESSAGE = 'posting_balanced';
         END IF; RETURN NULL; END $$""",
    *(
        f"""CREATE CONSTRAINT TRIGGER posting_balanced AFTER INSERT ON {table}
              DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balanced()"""
        for table in ("posting", "entry")
    ),
)
# What was posted before postings had kinds.
KINDS = {
    "Deposit received": "deposit_in",
    "Part of the deposit kept": "deposit_kept",
    "Deposit returned": "deposit_back",
}


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.add_column("area", sa.Column("commission_basis_points", sa.Integer(), nullable=False, server_default="0"))
    _charge()
    for table, column, target in KEYS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
        )
    for column in ("charge_id", "holder_id"):
        op.create_index(op.f(f"ix_posting_{column}"), "posting", [column])
    for name in ("about", "path"):
        op.add_column("deposit", sa.Column(name, sa.String(length=100), nullable=False, server_default=""))
    op.add_column("deposit", sa.Column("pledged_by", sa.String(length=300), nullable=True))
    op.add_column("posting", sa.Column("kind", sa.String(length=40), nullable=False, server_default="other"))
    for what, kind in KINDS.items():
        op.execute(sa.text("UPDATE posting SET kind = :kind WHERE what = :what").bindparams(kind=kind, what=what))
    _retention()
    _cards()
    _charged_date()
    for statement in POSTGRESQL if _postgresql() else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    if _postgresql():
        for table, name in (("posting", "posting_kept"), ("posting", "posting_balanced"), ("entry", "posting_balanced")):
            op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute("DROP FUNCTION posting_balanced()")
    else:
        for name in ("posting_kept_update", "posting_kept_delete"):
            op.execute(f"DROP TRIGGER {name}")
    for table in ("charged_date", "card_refund", "card_payment", "retention"):
        op.drop_table(table)
    op.drop_column("posting", "kind")
    for name in ("pledged_by", "about", "path"):
        op.drop_column("deposit", name)
    for column in ("charge_id", "holder_id"):
        op.drop_index(op.f(f"ix_posting_{column}"), "posting")
    for table, column, _target in reversed(KEYS):
        op.drop_column(table, column)
    op.drop_table("charge")
    op.drop_column("area", "commission_basis_points")


def _key(table: str, name: str, target: str, *, nullable: bool = False) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
    )


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _charge() -> None:
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("charge", "area_id", "area"),
        *_key("charge", "holder_id", "holder"),
        *_key("charge", "group_id", "community_group"),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("path", sa.String(length=100), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("pence > 0", name=op.f("ck_charge_pence_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("key", name=op.f("uq_charge_key")),
    )
    _index("charge", "area_id", "holder_id", "group_id", "path", "due_on")


def _retention() -> None:
    op.create_table(
        "retention",
        *_key("retention", "deposit_id", "deposit"),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        *_key("retention", "user_id", "user_account"),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("deposit_id", name=op.f("pk_retention")),
    )
    _index("retention", "answer_by")


def _cards() -> None:
    op.create_table(
        "card_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("card_payment", "area_id", "area"),
        *_key("card_payment", "deposit_id", "deposit", nullable=True),
        *_key("card_payment", "charge_id", "charge", nullable=True),
        sa.Column("path", sa.String(length=100), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.String(length=60), nullable=True),
        *_key("card_payment", "user_id", "user_account"),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        *_key("card_payment", "posting_id", "posting", nullable=True),
        sa.CheckConstraint("(deposit_id IS NULL) <> (charge_id IS NULL)", name=op.f("ck_card_payment_one_cause")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_payment")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_card_payment_{name}"))
            for name in ("token", "provider_id", "posting_id")
        ),
    )
    _index("card_payment", "area_id", "path")
    for name in ("deposit", "charge"):
        op.create_index(
            f"uq_card_payment_open_{name}", "card_payment", [f"{name}_id"], unique=True,
            sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
        )  # fmt: skip
    op.create_table(
        "card_refund",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("card_refund", "payment_id", "card_payment"),
        *_key("card_refund", "posting_id", "posting"),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.String(length=60), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.CheckConstraint("pence > 0", name=op.f("ck_card_refund_pence_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_refund")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_card_refund_{name}"))
            for name in ("posting_id", "provider_id")
        ),
    )
    _index("card_refund", "payment_id")


def _charged_date() -> None:
    """The dates of lets that rent has looked at: none twice. Without a charge a date costs nothing."""
    op.create_table(
        "charged_date",
        *_key("charged_date", "occurrence_id", "occurrence"),
        *_key("charged_date", "charge_id", "charge", nullable=True),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_charged_date")),
    )
    _index("charged_date", "charge_id")
