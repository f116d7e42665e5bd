"""The tables of the chain, which every service that audits has beside its entries."""

from uuid import UUID

from sqlalchemy import BigInteger, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from common.database import NAMING


class AuditBase(DeclarativeBase):
    """Apart from the tables that every service has: not every service audits."""

    metadata = MetaData(naming_convention=NAMING)


class AuditLink(AuditBase):
    """The place of an entry in the chain, from 1, with the digest of it and of all before."""

    __tablename__ = "audit_chain"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(String(64))


class UnsealedEntry(AuditBase):
    """An entry that has no place yet, put here by a trigger of the entries' table in the same transaction."""

    __tablename__ = "audit_unsealed"

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)


class AuditHead(AuditBase):
    """How far the chain goes, in its one row."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
