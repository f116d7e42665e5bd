"""How credentials are stored: who holds which public key, never a secret."""

from datetime import datetime

from sqlalchemy import DateTime, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from common.fields import OrganisationKey
from notify.base import Base


class Credential(Base):
    """A key with which an organisation may connect to the broker; after `revoked_at` it is refused there."""

    __tablename__ = "credentials"
    __table_args__ = (Index("ix_credentials_organisation", "organisation_scheme", "organisation_code"),)

    public_key: Mapped[str] = mapped_column(Text, primary_key=True)
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.organisation_scheme, code=self.organisation_code)
