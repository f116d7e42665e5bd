"""The table of transfers."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from catalog.base import Base
from catalog.nouns import NounRow, named_key, of_owner
from catalog.transfers.rules import TransferParty, TransferState, TransferType
from common.database import words
from common.fields import OrganisationKey


class TransferContract(NounRow, Base):
    """What seller and buyer make of a docking; its owner is the party that proposed it. Private to its parties.

    `docking_id` and `mandate_id` are those of the matcher, as each party has confirmed.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        of_owner(),
        CheckConstraint("broker_fee_fen BETWEEN 0 AND price_fen", name="fee"),
        Index("ix_transfers_created_at", "created_at", "id"),
    )

    state: Mapped[TransferState] = mapped_column(words(TransferState))
    docking_id: Mapped[UUID]
    mandate_id: Mapped[UUID | None]
    type: Mapped[TransferType] = mapped_column(words(TransferType))
    title: Mapped[str] = mapped_column(Text)
    seller_scheme: Mapped[str] = mapped_column(Text)
    seller_code: Mapped[str] = mapped_column(Text)
    seller_name: Mapped[str] = mapped_column(Text)
    buyer_scheme: Mapped[str] = mapped_column(Text)
    buyer_code: Mapped[str] = mapped_column(Text)
    buyer_name: Mapped[str] = mapped_column(Text)
    broker_scheme: Mapped[str | None] = mapped_column(Text)
    broker_code: Mapped[str | None] = mapped_column(Text)
    broker_name: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    signed_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    valuation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    price_fen: Mapped[int | None] = mapped_column(BigInteger)
    broker_fee_fen: Mapped[int | None] = mapped_column(BigInteger)
    instalments: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    registration_number: Mapped[str | None] = mapped_column(Text)
    registered_on: Mapped[date | None] = mapped_column(Date)
    state_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def seller(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.seller_scheme, code=self.seller_code)

    @property
    def buyer(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.buyer_scheme, code=self.buyer_code)

    @property
    def broker(self) -> OrganisationKey | None:
        return named_key(self.broker_scheme, self.broker_code)

    @property
    def parties(self) -> dict[TransferParty, OrganisationKey]:
        """Those that there are."""
        found = {TransferParty.SELLER: self.seller, TransferParty.BUYER: self.buyer}
        return found if self.broker is None else {**found, TransferParty.BROKER: self.broker}
