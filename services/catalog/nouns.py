"""What the tables of nouns have in common: an id with a version, and an owner."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, ForeignKeyConstraint, Text, and_
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from catalog.organisations.models import Organisation
from common.fields import OrganisationKey


class Versioned:
    """Something that changes under one id; each change is the next version."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    def advance(self, at: datetime) -> None:
        self.version += 1
        # A request that waited for the lock read its time before the change it waited for.
        self.updated_at = max(at, self.updated_at)


class Owned:
    """Something that belongs to an organisation on record; its table has `of_owner()` among its constraints."""

    owner_scheme: Mapped[str] = mapped_column(Text)
    owner_code: Mapped[str] = mapped_column(Text)

    @declared_attr
    def owner(cls) -> Mapped[Organisation]:
        return relationship(lazy="joined", innerjoin=True)

    @property
    def owner_name(self) -> str:
        return self.owner.name

    @property
    def owner_key(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.owner.scheme, code=self.owner.code)

    @classmethod
    def owned_by(cls, key: OrganisationKey) -> ColumnElement[bool]:
        return and_(cls.owner_scheme == key.scheme, cls.owner_code == key.code)


class NounRow(Versioned, Owned):
    """A row with a life-cycle: its table has a column `state` beside, and an index on (created_at, id)."""

    state: Any


def of_owner() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["owner_scheme", "owner_code"], ["organisations.scheme", "organisations.code"])


def named_key(scheme: str | None, code: str | None) -> OrganisationKey | None:
    """An organisation that a row names beside its owner, in two columns of its own."""
    return OrganisationKey(scheme=scheme, code=code) if scheme and code else None
