"""How deliveries and attempts are stored."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, Index, Sequence, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.contracts.matcher import MatchSnapshot
from common.database import words
from common.fields import OrganisationKey
from notify.base import Base
from notify.deliveries.rules import AttemptOutcome, DeliveryState
from notify.subscriptions.rules import Channel

_MOMENT = DateTime(timezone=True)
_STANDS = text("match IS NOT NULL")


class Delivery(Base):
    """One version of one match, or one piece of news, for one subscription. Its id never changes: receivers know
    repeats by it.

    news_type, news  type and data of the event that is told of; NULL when it is the match itself, in `match`
    digest_id        the delivery that tells of it, where it was gathered with others
    admitted_on      first day of the month to whose cap it counts; NULL where its subscription has none
    ordering_key     what it is about, where its subscription asks for order: one is sent after the other
    place            its number in the inbox of a browser; later ones are greater, whatever was committed in which order

    It outlives its subscription, so there is no foreign key; `leased_until` is set while a process has it in hand.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("subscription_id", "match_id", "match_version"),
        Index("ix_deliveries_due", "channel", "due_at", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_deliveries_organisation", "organisation_scheme", "organisation_code", "created_at", "id"),
        Index("ix_deliveries_settled_at", "settled_at"),
        Index(
            "ix_deliveries_ordering_key",
            "subscription_id",
            "ordering_key",
            "created_at",
            "id",
            postgresql_where=text("ordering_key IS NOT NULL AND state = 'pending'"),
        ),
        Index("ix_deliveries_collected", "subscription_id", postgresql_where=text("state = 'collected'")),
        Index("ix_deliveries_digest_id", "digest_id", postgresql_where=text("digest_id IS NOT NULL")),
        Index(
            "ix_deliveries_admitted_on",
            "subscription_id",
            "admitted_on",
            postgresql_where=text("admitted_on IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_place",
            "organisation_scheme",
            "organisation_code",
            "place",
            postgresql_where=text("place IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscription_id: Mapped[UUID]
    organisation_scheme: Mapped[str] = mapped_column(Text)
    organisation_code: Mapped[str] = mapped_column(Text)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    match_id: Mapped[UUID | None]
    match_version: Mapped[int | None]
    match: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    news_type: Mapped[str | None] = mapped_column(Text)
    news: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    digest_id: Mapped[UUID | None]
    ordering_key: Mapped[str | None] = mapped_column(Text)
    admitted_on: Mapped[date | None] = mapped_column(Date)
    place: Mapped[int | None] = mapped_column(BigInteger)
    correlation_id: Mapped[str | None] = mapped_column(Text)
    traceparent: Mapped[str | None] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState))
    reason: Mapped[str | None] = mapped_column(Text)
    failures_count: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    leased_until: Mapped[datetime | None] = mapped_column(_MOMENT)
    created_at: Mapped[datetime] = mapped_column(_MOMENT)
    settled_at: Mapped[datetime | None] = mapped_column(_MOMENT)

    @property
    def organisation(self) -> OrganisationKey:
        return OrganisationKey(scheme=self.organisation_scheme, code=self.organisation_code)

    @property
    def snapshot(self) -> MatchSnapshot:
        return MatchSnapshot.read(self.match)


class Attempt(Base):
    """One try. `status` is the HTTP status or the code of an SMTP reply, `reason` a word that says what it means or
    why there was none, `answer` how the receiver's answer begins.

    It is added with its delivery locked, or together with it, and goes with it; a foreign key would look for the
    delivery once more, which is a tenth of the time of telling many.
    """

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_delivery_id_at", "delivery_id", "at"), Index("ix_attempts_at", "at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID]
    outcome: Mapped[AttemptOutcome] = mapped_column(words(AttemptOutcome))
    status: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    took_ms: Mapped[int]
    at: Mapped[datetime] = mapped_column(_MOMENT)


PLACES = Sequence("deliveries_place", metadata=Base.metadata)
"""Numbers of deliveries in inboxes."""


class PaceKept(Base):
    """From when on an endpoint may be written to, counted so that a few may be sent at once: see `EndpointPace`."""

    __tablename__ = "paces"

    endpoint: Mapped[str] = mapped_column(Text, primary_key=True)
    free_at: Mapped[datetime] = mapped_column(_MOMENT)


class KnownMatch(Base):
    """The newest version of a match that has arrived, so that an older one that comes late is known as such.

    While the match holds, `match` is its snapshot, for subscriptions that ask for what stands; the owners of both sides
    are written as `scheme:code`.
    """

    __tablename__ = "known_matches"
    __table_args__ = (
        Index("ix_known_matches_demand_owner", "demand_owner", "match_id", postgresql_where=_STANDS),
        Index("ix_known_matches_profile_owner", "profile_owner", "match_id", postgresql_where=_STANDS),
    )

    match_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    arrived_at: Mapped[datetime] = mapped_column(_MOMENT)
    match: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    demand_owner: Mapped[str | None] = mapped_column(Text)
    profile_owner: Mapped[str | None] = mapped_column(Text)
