"""How subscriptions are stored."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.database import words
from common.fields import Language, OrganisationKey
from notify.base import Base
from notify.subscriptions.cadence import Cadence
from notify.subscriptions.filters import SubscriptionFilters
from notify.subscriptions.rules import Channel, SubscriptionState

HEARS_ALL_CALLS = text("filters ->> 'calls' = 'all'")


class Subscription(Base):
    """One organisation's wish; `wish` is its digest, `cadence` empty for the usual one. `sealed_secret_before`
    signs too until `secret_before_until`.

    url           where it goes, without any secret: of e-mail a `mailto:` address
    endpoint      the same for equal addresses, where `url` is not: a digest of a robot's address
    confirmed_at  when whoever is at the address said that it is theirs, for channels that ask
    is_ordered    whether what is about one matter is sent in its order
    failing_since, failures_count  of a webhook: since when nothing was taken there, and how many attempts failed since
    sealed_token  the part of a robot's address that lets whoever knows it write there

    `backfill_after` is the id of the last match told of those that stood already, NULL when none is left to tell.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("organisation_scheme", "organisation_code", "wish"),
        Index("ix_subscriptions_organisation", "organisation_scheme", "organisation_code", "created_at", "id"),
        Index("ix_subscriptions_all_calls", "id", postgresql_where=HEARS_ALL_CALLS),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    url: Mapped[str | None] = mapped_column(Text)
    host: Mapped[str | None] = mapped_column(Text)
    endpoint: Mapped[str | None] = mapped_column(Text)
    sealed_token: Mapped[str | None] = mapped_column(Text)
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    sealed_secret_before: Mapped[str | None] = mapped_column(Text)
    secret_before_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    language: Mapped[Language | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    is_ordered: Mapped[bool] = mapped_column(server_default=false(), default=False)
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failures_count: Mapped[int] = mapped_column(server_default="0", default=0)
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cadence: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    wish: Mapped[str] = mapped_column(Text)
    backfill_after: Mapped[UUID | None]
    state: Mapped[SubscriptionState] = mapped_column(words(SubscriptionState))
    state_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.organisation_scheme, code=self.organisation_code)

    @property
    def wishes(self) -> SubscriptionFilters:
        return SubscriptionFilters.read(self.filters)

    @property
    def timing(self) -> Cadence:
        return Cadence.read(self.cadence)

    @property
    def identity(self) -> str | None:
        """The same for equal addresses, and for no others of the channel."""
        return self.endpoint or self.url

    @property
    def lane(self) -> str:
        """Who gets few requests at once: a robot or mailbox, or what one organisation has on one host, so that its slow
        endpoints delay nobody else's there."""
        return self.endpoint or f"{self.host} {self.organisation_scheme}:{self.organisation_code}"

    def sealed_secrets(self, at: datetime) -> tuple[str, ...]:
        """Those that sign at a moment, the newest first; none when there is no webhook."""
        secrets = (self.sealed_secret, self.sealed_secret_before if self._is_overlapping(at) else None)
        return tuple(secret for secret in secrets if secret)

    def _is_overlapping(self, at: datetime) -> bool:
        return self.secret_before_until is not None and at < self.secret_before_until
