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
