"""The audit log: only ever added to, which the database itself sees to."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SQLITE = tuple(
    f"CREATE TRIGGER audit_entry_kept_{what.lower()} BEFORE {what} ON audit_entry"
    " BEGIN SELECT RAISE(ABORT, 'audit_entry_kept'); END"
    for what in ("UPDATE", "DELETE")
) + (
    # INSERT OR REPLACE deletes without asking a trigger; so a number that is there already is refused, and one out of turn.
    """CREATE TRIGGER audit_entry_kept_insert BEFORE INSERT ON audit_entry
         WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit_entry)
       BEGIN SELECT RAISE(ABORT, 'audit_entry_kept'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         RAISE integrity_constraint_violation USING MESSAGE = 'audit_entry_kept'; END $$""",
    """CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_entry
         FOR EACH ROW EXECUTE FUNCTION audit_entry_kept()""",
    """CREATE FUNCTION audit_entry_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit_entry) THEN
           RAISE integrity_constraint_violation USING MESSAGE = 'audit_entry_kept';
         END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER audit_entry_next BEFORE INSERT ON audit_entry
         FOR EACH ROW EXECUTE FUNCTION audit_entry_next()""",
    """CREATE TRIGGER audit_entry_not_emptied BEFORE TRUNCATE ON audit_entry
         FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_kept()""",
)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_area_id_number", "audit_entry", ["area_id", "number"])
    op.create_index("ix_audit_entry_user_id_number", "audit_entry", ["user_id", "number"])
    op.create_index("ix_audit_entry_kind_object_id", "audit_entry", ["kind", "object_id"])
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_kept()")
        op.execute("DROP FUNCTION audit_entry_next()")
