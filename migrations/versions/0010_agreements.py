"""Agreements in editions: terms one by one, who accepted them, and the exact bytes that are signed.

What was signed under the tables before is a paper of its own now, byte for byte; a text that nobody had signed is
drafted anew. SQLite cannot change a primary key, so both old tables are made anew there and everywhere.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op
from dateutil.relativedelta import relativedelta

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KEPT = {
    # table: when what a trigger guards may not change any more. OLD and NEW are the rows' names on both engines.
    "signature_kept": ("BEFORE UPDATE", "signature", "1 = 1"),
    "paper_kept_update": ("BEFORE UPDATE", "agreement_paper", "1 = 1"),
    "paper_kept_delete": ("BEFORE DELETE", "agreement_paper", "{signed}"),
    "term_kept_insert": ("BEFORE INSERT", "agreement_term", "{signed_new}"),
    "term_kept_update": ("BEFORE UPDATE", "agreement_term", "1 = 1"),
    "term_kept_delete": ("BEFORE DELETE", "agreement_term", "{signed}"),
    "agreement_kept": ("BEFORE UPDATE OF form, starts_on, term_months", "agreement", "{signed}"),
}
SIGNED = "EXISTS (SELECT 1 FROM signature s WHERE s.proposal_id = {row}.proposal_id AND s.edition = {row}.edition)"


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _edition() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
    )


def _to_edition(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["proposal_id", "edition"],
        ["agreement.proposal_id", "agreement.edition"],
        name=op.f(f"fk_{table}_proposal_id_edition"),
    )


def _user(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id")),
    )


def _case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["proposal_id"], ["proposal.id"], name=op.f(f"fk_{table}_proposal_id")
    )


def upgrade() -> None:
    _set_aside()
    op.create_table(
        "agreement",
        *_edition(),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("drafted_at", INSTANT, nullable=False),
        *_user("agreement"),
        sa.Column("deposit_id", sa.Integer(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("given_up_on", sa.Date(), nullable=True),
        sa.Column("notice_role", sa.String(length=40), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("told_end", sa.String(length=40), nullable=True),
        sa.Column("told_break", sa.String(length=40), nullable=True),
        _case("agreement"),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_agreement_deposit_id")
        ),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_agreement_deposit_id")),
        sa.PrimaryKeyConstraint("proposal_id", "edition", name=op.f("pk_agreement")),
    )
    op.create_table(
        "agreement_term",
        sa.Column("id", sa.Integer(), nullable=False),
        *_edition(),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        *_user("agreement_term"),
        sa.Column("at", INSTANT, nullable=False),
        _to_edition("agreement_term"),
        sa.UniqueConstraint(
            "proposal_id", "edition", "key", "version",
            name=op.f("uq_agreement_term_proposal_id_edition_key_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_term")),
    )
    op.create_table(
        "term_acceptance",
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        *_user("term_acceptance"),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["term_id"], ["agreement_term.id"], name=op.f("fk_term_acceptance_term_id")
        ),
        sa.PrimaryKeyConstraint("term_id", "role", name=op.f("pk_term_acceptance")),
    )
    op.create_table(
        "agreement_paper",
        *_edition(),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mime", sa.String(length=60), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        _to_edition("agreement_paper"),
        sa.PrimaryKeyConstraint("proposal_id", "edition", "kind", name=op.f("pk_agreement_paper")),
    )
    op.create_table(
        "signature",
        *_edition(),
        sa.Column("role", sa.String(length=40), nullable=False),
        *_user("signature"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        _to_edition("signature"),
        sa.PrimaryKeyConstraint("proposal_id", "edition", "role", name=op.f("pk_signature")),
    )
    op.create_table(
        "contracting_out",
        *_edition(),
        sa.Column("route", sa.String(length=40), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("declared_by", sa.String(length=120), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        *_user("contracting_out"),
        sa.Column("at", INSTANT, nullable=False),
        _to_edition("contracting_out"),
        sa.ForeignKeyConstraint(
            ["file_id"], ["case_file.id"], name=op.f("fk_contracting_out_file_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "edition", name=op.f("pk_contracting_out")),
    )
    op.create_table(
        "place_condition",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("meters", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        *_user("place_condition"),
        _case("place_condition"),
        sa.PrimaryKeyConstraint("proposal_id", "moment", name=op.f("pk_place_condition")),
    )
    op.create_table(
        "deposit_claim",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        *_user("deposit_claim"),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        _case("deposit_claim"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_deposit_claim")),
    )
    _bring_over()
    for name, (when, table, condition) in KEPT.items():
        _keep(name, when, table, condition)


def _set_aside() -> None:
    """The two old tables under other names, without the triggers and constraints whose names come again."""
    if _postgresql():
        op.execute("DROP TRIGGER signature_kept ON signature")
        op.execute("DROP TRIGGER agreement_kept ON agreement")
        op.execute("DROP FUNCTION signed_kept")
        op.execute("ALTER TABLE signature DROP CONSTRAINT fk_signature_proposal_id")
        for table in ("signature", "agreement"):
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_user_id")
        op.execute("ALTER TABLE agreement DROP CONSTRAINT fk_agreement_proposal_id")
    else:
        op.execute("DROP TRIGGER signature_kept")
        op.execute("DROP TRIGGER agreement_kept")
    op.rename_table("signature", "signature_old")
    op.rename_table("agreement", "agreement_old")


def _bring_over() -> None:
    """What somebody had signed, as it was; nobody's signature means that it is drafted anew."""
    signed = "EXISTS (SELECT 1 FROM signature_old s WHERE s.proposal_id = a.proposal_id)"
    data = "convert_to(text, 'UTF8')" if _postgresql() else "CAST(text AS BLOB)"
    op.execute(
        "INSERT INTO agreement (proposal_id, edition, form, starts_on, term_months, ends_on, drafted_at, user_id, begun_on)"
        f" SELECT proposal_id, 1, 'licence', starts_on, term_months, starts_on, drafted_at, user_id,"
        "  (SELECT max(e.\"on\") FROM case_event e WHERE e.proposal_id = a.proposal_id AND e.action = 'hand_over')"
        f" FROM agreement_old a WHERE {signed}"
    )
    # The engines do not agree on six months after 31 August; the library is the one that the portal counts by.
    table = sa.table(
        "agreement",
        *(sa.column(name, kind) for name, kind in (("proposal_id", sa.Integer), ("starts_on", sa.Date), ("term_months", sa.Integer), ("ends_on", sa.Date))),
    )
    for case_id, starts_on, months in op.get_bind().execute(
        sa.select(table.c.proposal_id, table.c.starts_on, table.c.term_months)
    ).all():
        last = starts_on + relativedelta(months=months) - timedelta(days=1)
        op.execute(table.update().where(table.c.proposal_id == case_id).values(ends_on=last))
    op.execute(
        "INSERT INTO agreement_paper (proposal_id, edition, kind, mime, data, sha256, made_at)"
        f" SELECT proposal_id, 1, 'for_signing', 'text/plain', {data}, sha256, drafted_at FROM agreement_old a WHERE {signed}"
    )
    op.execute(
        "INSERT INTO signature (proposal_id, edition, role, user_id, name, position, at, sha256)"
        " SELECT proposal_id, 1, role, user_id, name, '', at, sha256 FROM signature_old"
    )
    op.execute(
        "UPDATE proposal SET state = 'granted' WHERE state = 'agreement'"
        " AND NOT EXISTS (SELECT 1 FROM signature_old s WHERE s.proposal_id = proposal.id)"
    )
    op.drop_table("signature_old")
    op.drop_table("agreement_old")


def _keep(name: str, when: str, table: str, condition: str) -> None:
    condition = condition.format(
        signed=SIGNED.format(row="OLD"), signed_new=SIGNED.format(row="NEW")
    )
    if not _postgresql():
        op.execute(
            f"CREATE TRIGGER {name} {when} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    row = "OLD" if "DELETE" in when else "NEW"
    op.execute(
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE integrity_constraint_violation USING MESSAGE = '{name}'; END IF;"
        f" RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()"
    )


def downgrade() -> None:
    """Back to one text for each case; of what was signed as a PDF the fingerprint and the dates stay."""
    for name, (_when, table, _condition) in KEPT.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if _postgresql() else f"DROP TRIGGER {name}")
        if _postgresql():
            op.execute(f"DROP FUNCTION {table}_{name}")
    for table in ("deposit_claim", "place_condition", "contracting_out", "term_acceptance", "agreement_term"):
        op.drop_table(table)
    if _postgresql():
        for table in ("signature", "agreement_paper", "agreement"):
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table} CASCADE")
        for name in ("proposal_id", "user_id"):
            op.execute(f"ALTER TABLE agreement DROP CONSTRAINT fk_agreement_{name}")
        op.execute("ALTER TABLE signature DROP CONSTRAINT fk_signature_user_id")
    op.rename_table("signature", "signature_new")
    op.rename_table("agreement", "agreement_new")
    _old_tables()
    text = "convert_from(p.data, 'UTF8')" if _postgresql() else "CAST(p.data AS TEXT)"
    op.execute(
        "INSERT INTO agreement (proposal_id, text, sha256, starts_on, term_months, drafted_at, user_id)"
        f" SELECT a.proposal_id, CASE WHEN p.mime = 'text/plain' THEN {text} ELSE '' END, p.sha256, a.starts_on,"
        " a.term_months, a.drafted_at, a.user_id FROM agreement_new a JOIN agreement_paper p"
        " ON p.proposal_id = a.proposal_id AND p.edition = a.edition AND p.kind = 'for_signing' WHERE a.edition = 1"
    )
    op.execute(
        "INSERT INTO signature (proposal_id, role, user_id, name, at, sha256)"
        " SELECT proposal_id, role, user_id, name, at, sha256 FROM signature_new WHERE edition = 1"
    )
    for table in ("agreement_paper", "signature_new", "agreement_new"):
        op.drop_table(table)
    _old_triggers()


def _old_tables() -> None:
    op.create_table(
        "agreement",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("drafted_at", INSTANT, nullable=False),
        *_user("agreement"),
        _case("agreement"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_agreement")),
    )
    op.create_table(
        "signature",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        *_user("signature"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["agreement.proposal_id"], name=op.f("fk_signature_proposal_id")
        ),
        sa.PrimaryKeyConstraint("proposal_id", "role", name=op.f("pk_signature")),
    )


def _old_triggers() -> None:
    if not _postgresql():
        op.execute(
            "CREATE TRIGGER signature_kept BEFORE UPDATE ON signature BEGIN SELECT RAISE(ABORT, 'signature_kept'); END"
        )
        op.execute(
            "CREATE TRIGGER agreement_kept BEFORE UPDATE OF text, sha256 ON agreement"
            " WHEN EXISTS (SELECT 1 FROM signature WHERE proposal_id = OLD.proposal_id)"
            " BEGIN SELECT RAISE(ABORT, 'agreement_kept'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION signed_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_TABLE_NAME = 'signature' OR EXISTS (SELECT 1 FROM signature WHERE proposal_id = OLD.proposal_id) THEN"
        "   RAISE integrity_constraint_violation USING MESSAGE = 'signed_kept'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER signature_kept BEFORE UPDATE ON signature FOR EACH ROW EXECUTE FUNCTION signed_kept()"
    )
    op.execute(
        "CREATE TRIGGER agreement_kept BEFORE UPDATE OF text, sha256 ON agreement"
        " FOR EACH ROW EXECUTE FUNCTION signed_kept()"
    )
