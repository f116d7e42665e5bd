"""What a service's migration does to chain its audit entries."""

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, UniqueConstraint, Uuid


def create_chain(op: Operations, entries: str) -> None:
    """Make the tables of the chain; what was written before waits for its place in it.

    entries  name of the table of audit entries
    """
    op.create_table(
        "audit_chain",
        Column("position", BigInteger, autoincrement=False, nullable=False),
        Column("entry_id", Uuid, nullable=False),
        Column("digest", String(64), nullable=False),
        PrimaryKeyConstraint("position", name="pk_audit_chain"),
        UniqueConstraint("entry_id", name="uq_audit_chain_entry_id"),
    )
    op.create_table(
        "audit_unsealed",
        Column("entry_id", Uuid, nullable=False),
        PrimaryKeyConstraint("entry_id", name="pk_audit_unsealed"),
    )
    op.create_table(
        "audit_head",
        Column("id", Integer, autoincrement=False, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("digest", String(64), nullable=False),
        PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.execute(f"INSERT INTO audit_unsealed (entry_id) SELECT id FROM {entries}")  # nosec B608  # a table of ours


def have_entries_wait(op: Operations, entries: str) -> None:
    """Have whatever adds an entry make it wait for its place in the chain, whichever release does.

    entries  name of the table of audit entries

    The trigger is deferred to the end of the transaction: the release that says so itself may do it before the entry or
    after it. What a release without the chain wrote before this migration gets its place as well.
    """
    op.execute(
        "CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO audit_unsealed (entry_id) VALUES (NEW.id) ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE CONSTRAINT TRIGGER audit_waits AFTER INSERT ON {entries} DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION audit_waits()"
    )
    op.execute(
        f"INSERT INTO audit_unsealed (entry_id) SELECT id FROM {entries} "  # nosec B608  # tables of ours
        # NOT IN would look through the whole chain for each entry as soon as it outgrows work_mem.
        f"WHERE NOT EXISTS (SELECT FROM audit_chain WHERE entry_id = {entries}.id) ON CONFLICT DO NOTHING"
    )
