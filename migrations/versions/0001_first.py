"""The first tables, on both engines. Written out in full: a migration never imports the models, which go on changing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class _Geometry(UserDefinedType):
    """PostGIS geometry; on SQLite a shape is WKB."""

    cache_ok = True

    def get_col_spec(self, **_):
        return "geometry(Geometry,4326)"


SHAPE = sa.LargeBinary().with_variant(_Geometry(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

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
    # A room that is divided later: its parts are held whenever it is, so that the lets it has stay safe.
    """CREATE TRIGGER hold_in_parts_insert AFTER INSERT ON asset WHEN NEW.parent_id IS NOT NULL BEGIN
         INSERT INTO hold (occurrence_id, room_id, starts, ends)
           SELECT occurrence_id, NEW.id, starts, ends FROM hold WHERE room_id = NEW.parent_id; END""",
    """CREATE TRIGGER hold_in_parts_update AFTER UPDATE OF parent_id ON asset
       WHEN NEW.parent_id IS NOT NULL AND NEW.parent_id IS NOT OLD.parent_id BEGIN
         INSERT INTO hold (occurrence_id, room_id, starts, ends)
           SELECT occurrence_id, NEW.id, starts, ends FROM hold WHERE room_id = NEW.parent_id; END""",
    # Nothing in the ledger is edited, only reversed.
    "CREATE TRIGGER entry_kept_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry_kept'); END",
    "CREATE TRIGGER entry_kept_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry_kept'); END",
    # What was signed stays as it was signed.
    "CREATE TRIGGER signature_kept BEFORE UPDATE ON signature BEGIN SELECT RAISE(ABORT, 'signature_kept'); END",
    """CREATE TRIGGER agreement_kept BEFORE UPDATE OF text, sha256 ON agreement
       WHEN EXISTS (SELECT 1 FROM signature WHERE proposal_id = OLD.proposal_id)
       BEGIN SELECT RAISE(ABORT, 'agreement_kept'); END""",
]
POSTGRESQL = [
    "CREATE INDEX ix_asset_shape ON asset USING gist (shape)",
    # No room is held twice.
    """ALTER TABLE hold ADD CONSTRAINT hold_no_overlap
         EXCLUDE USING gist (room_id WITH =, tstzrange(starts, ends) WITH &&)""",
    # A room that is divided later: its parts are held whenever it is, so that the lets it has stay safe.
    """CREATE FUNCTION hold_in_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
           INSERT INTO hold (occurrence_id, room_id, starts, ends)
             SELECT occurrence_id, NEW.id, starts, ends FROM hold WHERE room_id = NEW.parent_id;
         END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER hold_in_parts AFTER INSERT OR UPDATE OF parent_id ON asset
       FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION hold_in_parts()""",
    # Nothing in the ledger is edited, only reversed.
    """CREATE FUNCTION entry_kept() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'entry_kept'; END $$""",
    "CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION entry_kept()",
    # What was signed stays as it was signed.
    """CREATE FUNCTION signed_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF TG_TABLE_NAME = 'signature' OR EXISTS (SELECT 1 FROM signature WHERE proposal_id = OLD.proposal_id) THEN
           RAISE integrity_constraint_violation USING MESSAGE = 'signed_kept';
         END IF; RETURN NEW; END $$""",
    "CREATE TRIGGER signature_kept BEFORE UPDATE ON signature FOR EACH ROW EXECUTE FUNCTION signed_kept()",
    "CREATE TRIGGER agreement_kept BEFORE UPDATE OF text, sha256 ON agreement FOR EACH ROW EXECUTE FUNCTION signed_kept()",
]

# From the tables that refer to the tables referred to.
TABLES = (
    "signature",
    "let_event",
    "hold",
    "score",
    "representation",
    "occurrence",
    "holder_response",
    "decision",
    "deadline",
    "case_event",
    "capacity_check",
    "benefit",
    "agreement",
    "room_let",
    "proposal",
    "fact",
    "entry",
    "role_grant",
    "posting",
    "postcode",
    "need",
    "membership",
    "asset",
    "ward",
    "holder",
    "deposit",
    "community_group",
    "user_account",
    "sign_in_link",
    "letter",
    "area",
)


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    if engine == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("nation", sa.String(40), nullable=False),
        sa.Column("boundary", SHAPE, nullable=True),
        sa.Column("product_name", sa.String(length=60), nullable=False),
        sa.Column("mark", sa.String(length=2000), nullable=True),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("basemap_url", sa.String(length=300), nullable=True),
        sa.Column("basemap_attribution", sa.String(length=300), nullable=True),
        sa.Column("data_attribution", sa.String(length=300), nullable=True),
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("resolution_reference", sa.String(length=120), nullable=True),
        sa.Column("resolution_on", sa.Date(), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("senior_officer", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("slug", name=op.f("uq_area_slug")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("next_url", sa.String(length=2000), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "community_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("sponsor", sa.String(length=200), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_community_group_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_group")),
        sa.UniqueConstraint("area_id", "name", name=op.f("uq_community_group_area_id_name")),
    )
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("paid_by", sa.String(40), nullable=True),
        sa.Column("receipt", sa.String(length=20), nullable=True),
        sa.Column("waived_why", sa.Text(), nullable=True),
        sa.Column("retained_pence", sa.Integer(), nullable=False),
        sa.Column("retained_why", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.CheckConstraint("pence > 0", name=op.f("ck_deposit_pence_positive")),
        sa.CheckConstraint(
            "retained_pence BETWEEN 0 AND pence", name=op.f("ck_deposit_retained_within")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_deposit_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("receipt", name=op.f("uq_deposit_receipt")),
    )
    op.create_index(op.f("ix_deposit_area_id"), "deposit", ["area_id"], unique=False)
    op.create_table(
        "holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("uri", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_holder_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
        sa.UniqueConstraint("area_id", "name", name=op.f("uq_holder_area_id_name")),
    )
    op.create_table(
        "ward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("shape", SHAPE, nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_ward_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward")),
        sa.UniqueConstraint("area_id", "code", name=op.f("uq_ward_area_id_code")),
    )
    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("uprn", sa.String(length=12), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("street_number", sa.String(length=60), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("town", sa.String(length=100), nullable=True),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("shape", SHAPE, nullable=True),
        sa.Column("west", sa.Float(), nullable=True),
        sa.Column("south", sa.Float(), nullable=True),
        sa.Column("east", sa.Float(), nullable=True),
        sa.Column("north", sa.Float(), nullable=True),
        sa.Column("located_by", sa.String(40), nullable=True),
        sa.Column("outlier", sa.Boolean(), nullable=False),
        sa.Column("tenure", sa.String(length=60), nullable=True),
        sa.Column("tenure_detail", sa.String(length=100), nullable=True),
        sa.Column("use_detail", sa.String(length=200), nullable=True),
        sa.Column("land_m2", sa.Float(), nullable=True),
        sa.Column("floor_m2", sa.Float(), nullable=True),
        sa.Column("energy_rating", sa.String(length=10), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("step_free", sa.Boolean(), nullable=True),
        sa.Column("hearing_loop", sa.Boolean(), nullable=True),
        sa.Column("accessible_toilet", sa.Boolean(), nullable=True),
        sa.Column("public_hours", sa.String(length=300), nullable=True),
        sa.Column("hire_hours", sa.String(length=300), nullable=True),
        sa.Column("opener", sa.String(40), nullable=True),
        sa.Column("price_pence_hour", sa.Integer(), nullable=True),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_asset_area_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_asset_holder_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["asset.id"], name=op.f("fk_asset_parent_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_asset_ward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint(
            "area_id", "holder_id", "code", name=op.f("uq_asset_area_id_holder_id_code")
        ),
    )
    op.create_index(
        "ix_asset_area_kind_status", "asset", ["area_id", "kind", "status"], unique=False
    )
    op.create_index(op.f("ix_asset_holder_id"), "asset", ["holder_id"], unique=False)
    op.create_index(op.f("ix_asset_parent_id"), "asset", ["parent_id"], unique=False)
    op.create_index(op.f("ix_asset_uprn"), "asset", ["uprn"], unique=False)
    op.create_index(op.f("ix_asset_ward_id"), "asset", ["ward_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_group.id"], name=op.f("fk_membership_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "group_id", name=op.f("pk_membership")),
    )
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("hearing_loop", sa.Boolean(), nullable=False),
        sa.Column("accessible_toilet", sa.Boolean(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("near", sa.String(length=100), nullable=False),
        sa.Column("within_m", sa.Integer(), nullable=False),
        sa.Column("max_pence", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("every_weeks > 0", name=op.f("ck_need_every_weeks")),
        sa.CheckConstraint("people > 0", name=op.f("ck_need_people")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_need_weekday")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_need_area_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_group.id"], name=op.f("fk_need_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    op.create_index(op.f("ix_need_area_id"), "need", ["area_id"], unique=False)
    op.create_index(op.f("ix_need_group_id"), "need", ["group_id"], unique=False)
    op.create_table(
        "postcode",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_postcode_area_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_postcode_ward_id")),
        sa.PrimaryKeyConstraint("area_id", "code", name=op.f("pk_postcode")),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_posting_area_id")),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_posting_deposit_id")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["posting.id"], name=op.f("fk_posting_reverses_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_posting_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_posting_reverses_id")),
    )
    op.create_index(op.f("ix_posting_area_id"), "posting", ["area_id"], unique=False)
    op.create_index(op.f("ix_posting_deposit_id"), "posting", ["deposit_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_role_grant_area_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["holder.id"], name=op.f("fk_role_grant_holder_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "area_id",
            "holder_id",
            name=op.f("uq_role_grant_user_id_role_area_id_holder_id"),
        ),
    )
    op.create_index(
        "uq_role_grant_without_holder",
        "role_grant",
        ["user_id", "role", "area_id"],
        unique=True,
        sqlite_where=sa.text("holder_id IS NULL"),
        postgresql_where=sa.text("holder_id IS NULL"),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["posting.id"], name=op.f("fk_entry_posting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_posting_id"), "entry", ["posting_id"], unique=False)
    op.create_table(
        "fact",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_fact_asset_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_id", "name", name=op.f("pk_fact")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("profile_from", sa.Date(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("timescale", sa.Text(), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("costs", sa.Text(), nullable=True),
        sa.Column("insurance", sa.Text(), nullable=True),
        sa.Column("responsible", sa.Text(), nullable=True),
        sa.Column("safeguarding", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_proposal_asset_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_group.id"], name=op.f("fk_proposal_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["user_account.id"], name=op.f("fk_proposal_organiser_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_asset_id"), "proposal", ["asset_id"], unique=False)
    op.create_index(op.f("ix_proposal_group_id"), "proposal", ["group_id"], unique=False)
    op.create_index("ix_proposal_state", "proposal", ["state"], unique=False)
    op.create_index(
        "uq_proposal_one_grant",
        "proposal",
        ["asset_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('granted', 'granted_by_default', 'agreement', 'in_use')"),
        postgresql_where=sa.text(
            "state IN ('granted', 'granted_by_default', 'agreement', 'in_use')"
        ),
    )
    op.create_table(
        "room_let",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("price_pence", sa.Integer(), nullable=False),
        sa.Column("insurance", sa.String(40), nullable=False),
        sa.Column("safeguarding_at", INSTANT, nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=True),
        sa.Column("waiver", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_room_let_area_id")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_room_let_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_room_let_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["community_group.id"], name=op.f("fk_room_let_group_id")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_room_let_need_id")),
        sa.ForeignKeyConstraint(["room_id"], ["asset.id"], name=op.f("fk_room_let_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_let")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_room_let_deposit_id")),
    )
    op.create_index("ix_room_let_area_state", "room_let", ["area_id", "state"], unique=False)
    op.create_index(op.f("ix_room_let_group_id"), "room_let", ["group_id"], unique=False)
    op.create_index(op.f("ix_room_let_need_id"), "room_let", ["need_id"], unique=False)
    op.create_index(op.f("ix_room_let_room_id"), "room_let", ["room_id"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("drafted_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_agreement_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_agreement_user_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "benefit",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("gain", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_benefit_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "side", "criterion", name=op.f("pk_benefit")),
    )
    op.create_table(
        "capacity_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_capacity_check_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_capacity_check_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_check")),
        sa.UniqueConstraint("proposal_id", "item", name=op.f("uq_capacity_check_proposal_id_item")),
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(40), nullable=True),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_case_event_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_event_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    op.create_index(op.f("ix_case_event_proposal_id"), "case_event", ["proposal_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_deadline_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "period", name=op.f("pk_deadline")),
    )
    op.create_index(op.f("ix_deadline_due"), "deadline", ["due"], unique=False)
    op.create_table(
        "decision",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("resolution_reference", sa.String(length=120), nullable=True),
        sa.Column("resolution_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_decision_user_id")),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "holder_response",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(length=120), nullable=True),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("planned", sa.Boolean(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("begins", sa.Date(), nullable=True),
        sa.Column("budget_line", sa.String(length=200), nullable=True),
        sa.Column("document", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_holder_response_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_holder_response_user_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_holder_response")),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("let_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("ends", INSTANT, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_occurrence_order")),
        sa.ForeignKeyConstraint(["let_id"], ["room_let.id"], name=op.f("fk_occurrence_let_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint("let_id", "on", name=op.f("uq_occurrence_let_id_on")),
    )
    op.create_index("ix_occurrence_starts", "occurrence", ["starts"], unique=False)
    op.create_table(
        "representation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("supports", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_representation_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_representation_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation")),
        sa.UniqueConstraint(
            "proposal_id", "user_id", name=op.f("uq_representation_proposal_id_user_id")
        ),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_score_proposal_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_score_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "proposal_id",
            "user_id",
            "side",
            "criterion",
            name=op.f("uq_score_proposal_id_user_id_side_criterion"),
        ),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("starts", INSTANT, nullable=False),
        sa.Column("ends", INSTANT, nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_hold_order")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_hold_occurrence_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["asset.id"], name=op.f("fk_hold_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_occurrence_id"), "hold", ["occurrence_id"], unique=False)
    op.create_index("ix_hold_room_starts", "hold", ["room_id", "starts"], unique=False)
    op.create_table(
        "let_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("let_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("before", sa.String(40), nullable=True),
        sa.Column("after", sa.String(40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["let_id"], ["room_let.id"], name=op.f("fk_let_event_let_id")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_let_event_occurrence_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_let_event_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_let_event")),
    )
    op.create_index(op.f("ix_let_event_let_id"), "let_event", ["let_id"], unique=False)
    op.create_table(
        "signature",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["agreement.proposal_id"], name=op.f("fk_signature_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_signature_user_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "role", name=op.f("pk_signature")),
    )

    for statement in SQLITE if engine == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TABLE asset_box")
    for table in TABLES:
        op.drop_table(table)
    if not sqlite:
        for function in ("hold_in_parts", "entry_kept", "signed_kept"):
            op.execute(f"DROP FUNCTION {function}")
