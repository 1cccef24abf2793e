"""Standing approvals, the way in, keys out and back, calendar feeds, and papers that somebody has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("standing_approval", "entry_note", "key_loan", "calendar_key", "evidence_seen")


def upgrade() -> None:
    _standing()
    _entry_and_keys()
    _calendars()
    _evidence()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _key(table: str, name: str, target: str, *, nullable: bool = False) -> tuple[sa.Column, sa.Constraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}")),
    )


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _standing() -> None:
    op.create_table(
        "standing_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("standing_approval", "area_id", "area"),
        *_key("standing_approval", "holder_id", "holder"),
        *_key("standing_approval", "place_id", "asset", nullable=True),
        sa.Column("most_people", sa.Integer(), nullable=True),
        sa.Column("most_pence", sa.Integer(), nullable=True),
        sa.Column("days", sa.String(length=200), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("kinds", sa.String(length=200), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        *_key("standing_approval", "made_by_id", "user_account"),
        sa.Column("ended_at", INSTANT, nullable=True),
        *_key("standing_approval", "ended_by_id", "user_account", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_approval")),
    )
    _index("standing_approval", "area_id", "holder_id", "place_id")


def _entry_and_keys() -> None:
    op.create_table(
        "entry_note",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("entry_note", "area_id", "area"),
        *_key("entry_note", "place_id", "asset"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        *_key("entry_note", "written_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_note")),
        sa.UniqueConstraint("place_id", name=op.f("uq_entry_note_place_id")),
    )
    _index("entry_note", "area_id")
    op.create_table(
        "key_loan",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("key_loan", "area_id", "area"),
        *_key("key_loan", "let_id", "room_let"),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("holder_name", sa.String(length=200), nullable=False),
        sa.Column("out_at", INSTANT, nullable=False),
        *_key("key_loan", "out_by_id", "user_account"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("back_at", INSTANT, nullable=True),
        *_key("key_loan", "back_by_id", "user_account", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_loan")),
    )
    _index("key_loan", "let_id")
    op.create_index(op.f("ix_key_loan_area_due"), "key_loan", ["area_id", "back_at", "due_on"])


def _calendars() -> None:
    op.create_table(
        "calendar_key",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("calendar_key", "area_id", "area"),
        *_key("calendar_key", "user_id", "user_account"),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("scope_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_key")),
        sa.UniqueConstraint(
            "area_id", "user_id", "scope", "scope_id", name=op.f("uq_calendar_key_area_id_user_id_scope_scope_id")
        ),
        sa.UniqueConstraint("key_hash", name=op.f("uq_calendar_key_key_hash")),
    )
    _index("calendar_key", "user_id")


def _evidence() -> None:
    op.create_table(
        "evidence_seen",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key("evidence_seen", "area_id", "area"),
        *_key("evidence_seen", "group_id", "community_group"),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=300), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        *_key("evidence_seen", "seen_by_id", "user_account"),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= seen_on", name=op.f("ck_evidence_seen_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_seen")),
    )
    _index("evidence_seen", "area_id")
    op.create_index(op.f("ix_evidence_seen_group_kind"), "evidence_seen", ["group_id", "kind"])
