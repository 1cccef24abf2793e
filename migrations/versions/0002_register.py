"""The register at a million: one source for a row instead of one for each cell, words that are looked up, a version.

The boxes' R*Tree and the GiST index go: a register is searched in memory (portal/register/glance.py), and its version
tells when that memory is old.
"""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from unicodedata import combining, normalize

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
NAME_KEY = sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql")
COLUMNS = {
    "tenure_kind": sa.String(40),
    "parking": sa.Boolean(),
    "changing_place": sa.Boolean(),
    "vacant_since": sa.Date(),
    "gone_on": sa.Date(),
    "withheld_why": sa.String(300),
    "hours_text": sa.String(500),
}

BUMP = "UPDATE register_state SET version = version + 1 WHERE area_id = {row}.area_id"
LOG = """INSERT INTO asset_change (area_id, version, asset_id)
         SELECT area_id, version, {row}.id FROM register_state WHERE area_id = {row}.area_id"""
WHOLE = "UPDATE register_state SET version = version + 1, whole_at = version + 1 WHERE area_id = {row}.area_id"
NAMED = ("holder", "ward")
SQLITE = [
    # What is said of an area's register as a whole: a number that no earlier database had, and that grows.
    """CREATE TRIGGER register_begins AFTER INSERT ON area BEGIN
         INSERT INTO register_state SELECT NEW.id, n, n FROM (SELECT abs(random()) % 1000000000000 AS n); END""",
    *(
        f"""CREATE TRIGGER asset_changed_{what.lower()} AFTER {what} ON asset BEGIN
              {BUMP.format(row=row)}; {LOG.format(row=row)}; END"""
        for what, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ),
    # A name that many assets show: the register is new as a whole.
    *(
        f"""CREATE TRIGGER {table}_renamed AFTER UPDATE OF name ON {table} WHEN NEW.name <> OLD.name BEGIN
              {WHOLE.format(row="NEW")}; END"""
        for table in NAMED
    ),
    # Words by their beginnings; the table of assets holds the text.
    """CREATE VIRTUAL TABLE asset_words USING fts5(
         words, content='asset', content_rowid='id', tokenize='unicode61 remove_diacritics 0')""",
    """CREATE TRIGGER asset_words_insert AFTER INSERT ON asset BEGIN
         INSERT INTO asset_words (rowid, words) VALUES (NEW.id, NEW.words); END""",
    """CREATE TRIGGER asset_words_update AFTER UPDATE OF words ON asset WHEN NEW.words <> OLD.words BEGIN
         INSERT INTO asset_words (asset_words, rowid, words) VALUES ('delete', OLD.id, OLD.words);
         INSERT INTO asset_words (rowid, words) VALUES (NEW.id, NEW.words); END""",
    """CREATE TRIGGER asset_words_delete AFTER DELETE ON asset BEGIN
         INSERT INTO asset_words (asset_words, rowid, words) VALUES ('delete', OLD.id, OLD.words); END""",
    "INSERT INTO asset_words (asset_words) VALUES ('rebuild')",
]
POSTGRESQL = [
    """CREATE FUNCTION register_begins() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN
         n := floor(random() * 1000000000000);
         INSERT INTO register_state (area_id, version, whole_at) VALUES (NEW.id, n, n); RETURN NULL; END $$""",
    "CREATE TRIGGER register_begins AFTER INSERT ON area FOR EACH ROW EXECUTE FUNCTION register_begins()",
    f"""CREATE FUNCTION asset_changed() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE row asset; BEGIN
         IF TG_OP = 'DELETE' THEN row := OLD; ELSE row := NEW; END IF;
         {BUMP.format(row="row")}; {LOG.format(row="row")}; RETURN NULL; END $$""",
    # At the end of the transaction, so that the one row that all writers of an area touch is locked last and shortly.
    # A register that is read in says once that all is new (portal/register/changes.py).
    """CREATE CONSTRAINT TRIGGER asset_changed AFTER INSERT OR UPDATE OR DELETE ON asset
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
       WHEN (current_setting('meanwhile.whole', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION asset_changed()""",
    f"""CREATE FUNCTION renamed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         {WHOLE.format(row="NEW")}; RETURN NULL; END $$""",
    *(
        f"""CREATE CONSTRAINT TRIGGER renamed AFTER UPDATE OF name ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION renamed()"""
        for table in NAMED
    ),
    "CREATE INDEX ix_asset_words ON asset USING gin (array_to_tsvector(string_to_array(words, ' ')))",
]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_source_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint(
            "area_id", "label", "as_of", name=op.f("uq_source_area_id_label_as_of")
        ),
    )
    op.create_table(
        "register_state",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("whole_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_register_state_area_id")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_register_state")),
    )
    op.create_table(
        "asset_change",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "version", name=op.f("pk_asset_change")),
    )
    op.create_table(
        "uprn",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("uprn", sa.String(length=12), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_uprn_area_id")),
        sa.PrimaryKeyConstraint("area_id", "uprn", name=op.f("pk_uprn")),
    )
    # Not by Alembic's batches, which would make the table anew and lose its triggers.
    op.execute(
        "ALTER TABLE asset ADD COLUMN source_id INTEGER CONSTRAINT fk_asset_source_id REFERENCES source (id)"
    )
    op.execute("ALTER TABLE fact ADD COLUMN checked BOOLEAN DEFAULT false NOT NULL")
    for name, kind in COLUMNS.items():
        op.add_column("asset", sa.Column(name, kind, nullable=True))
    op.add_column("asset", sa.Column("name_key", NAME_KEY, server_default="", nullable=False))
    if sqlite:
        for what in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER asset_box_{what}")
        op.execute("DROP TABLE asset_box")
    else:
        op.execute("DROP INDEX ix_asset_shape")
    _gather_sources()
    _fold_again()
    op.execute("INSERT INTO register_state (area_id, version, whole_at) SELECT id, 1, 1 FROM area")
    op.create_index("ix_asset_area_name", "asset", ["area_id", "name_key", "id"], unique=False)
    for statement in SQLITE if sqlite else POSTGRESQL:
        op.execute(sa.text(statement.replace(":=", r"\:=")))


def _gather_sources() -> None:
    """Each asset gets the source that most of its facts have; only those that differ stay facts of their own."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text("SELECT a.area_id, f.asset_id, f.name, f.source, f.as_of FROM fact f JOIN asset a ON a.id = f.asset_id")
        .columns(as_of=sa.Date)
    ).all()  # fmt: skip
    of_asset = defaultdict(Counter)
    for row in rows:
        of_asset[row.asset_id][row.area_id, row.source, row.as_of] += 1
    main = {asset_id: counts.most_common(1)[0][0] for asset_id, counts in of_asset.items()}
    source = sa.table(
        "source",
        *(sa.column(n) for n in ("id", "area_id", "label")),
        sa.column("as_of", sa.Date),
        sa.column("read_at", INSTANT),
    )
    now = datetime.now(UTC)
    for area_id, label, as_of in sorted(set(main.values())):
        bind.execute(source.insert().values(area_id=area_id, label=label, as_of=as_of, read_at=now))
    ids = {
        (r.area_id, r.label, r.as_of): r.id
        for r in bind.execute(sa.select(source.c.id, source.c.area_id, source.c.label, source.c.as_of))
    }  # fmt: skip
    asset = sa.table("asset", sa.column("id"), sa.column("source_id"))
    fact = sa.table("fact", sa.column("asset_id"), sa.column("source"), sa.column("as_of", sa.Date))
    for asset_id, key in main.items():
        bind.execute(asset.update().where(asset.c.id == asset_id).values(source_id=ids[key]))
        bind.execute(
            fact.delete().where(
                fact.c.asset_id == asset_id, fact.c.source == key[1], fact.c.as_of == key[2]
            )
        )


def _fold_again() -> None:
    """Words as single words, and a name to sort by."""
    bind = op.get_bind()
    asset = sa.table("asset", *map(sa.column, ("id", "words", "name", "name_key")))
    for row in bind.execute(sa.select(asset.c.id, asset.c.words, asset.c.name)).all():
        folded = " ".join(re.findall(r"[^\W_]+", _fold(row.words)))
        values = {"words": folded, "name_key": _fold(row.name)[:80]}
        bind.execute(asset.update().where(asset.c.id == row.id).values(values))


def _fold(text: str) -> str:
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    return "".join(letter for letter in decomposed if not combining(letter))


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        triggers = ("register_begins", "holder_renamed", "ward_renamed", *(f"asset_{k}_{w}" for k in ("changed", "words") for w in ("insert", "update", "delete")))  # fmt: skip
        for trigger in triggers:
            op.execute(f"DROP TRIGGER {trigger}")
        op.execute("DROP TABLE asset_words")
    else:
        op.execute("DROP TRIGGER asset_changed ON asset")
        op.execute("DROP TRIGGER register_begins ON area")
        for table in NAMED:
            op.execute(f"DROP TRIGGER renamed ON {table}")
        for function in ("asset_changed", "register_begins", "renamed"):
            op.execute(f"DROP FUNCTION {function}")
        op.execute("DROP INDEX ix_asset_words")
    op.drop_index("ix_asset_area_name", "asset")
    # What the row's source said becomes a fact of each column again.
    for name in ("name", "street", "shape", "status", "kind"):
        op.execute(
            "INSERT INTO fact (asset_id, name, source, as_of, checked) "  # noqa: S608
            f"SELECT a.id, '{name}', s.label, s.as_of, false FROM asset a JOIN source s ON s.id = a.source_id "
            f"WHERE a.{name} IS NOT NULL AND NOT EXISTS "
            f"(SELECT 1 FROM fact f WHERE f.asset_id = a.id AND f.name = '{name}')"
        )
    for name in ("source_id", "name_key", *COLUMNS):
        op.execute(f"ALTER TABLE asset DROP COLUMN {name}")
    op.execute("ALTER TABLE fact DROP COLUMN checked")
    for table in ("uprn", "asset_change", "register_state", "source"):
        op.drop_table(table)
    if sqlite:
        op.execute("CREATE VIRTUAL TABLE asset_box USING rtree(id, west, east, south, north)")
        op.execute(
            "INSERT INTO asset_box SELECT id, west, east, south, north FROM asset WHERE west IS NOT NULL"
        )
        for statement in BOX_TRIGGERS:
            op.execute(sa.text(statement))
    else:
        op.execute("CREATE INDEX ix_asset_shape ON asset USING gist (shape)")


BOX_TRIGGERS = (
    """CREATE TRIGGER asset_box_insert AFTER INSERT ON asset WHEN NEW.west IS NOT NULL BEGIN
         INSERT INTO asset_box VALUES (NEW.id, NEW.west, NEW.east, NEW.south, NEW.north); END""",
    """CREATE TRIGGER asset_box_update AFTER UPDATE OF west, east, south, north ON asset BEGIN
         DELETE FROM asset_box WHERE id = OLD.id;
         INSERT INTO asset_box SELECT NEW.id, NEW.west, NEW.east, NEW.south, NEW.north WHERE NEW.west IS NOT NULL; END""",
    "CREATE TRIGGER asset_box_delete AFTER DELETE ON asset BEGIN DELETE FROM asset_box WHERE id = OLD.id; END",
)
