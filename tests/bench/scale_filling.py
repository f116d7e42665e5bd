"""Fills a matcher database with a crowd: streamed in batches, so that memory stays bounded."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import asyncpg

from common.progress import counted
from matcher.subjects.profiles.offer import Offer
from tests.bench import scale_rows as rows
from tests.bench.scale_crowd import Crowd, Member, Sample, numbered, numbered_demand
from tests.bench.scale_rows import Connection

BATCH = 5000
MOMENT = rows.moment(datetime(2026, 1, 1, tzinfo=UTC))
PROFILE = (
    *("id", "version", "state", "organisation_scheme", "organisation_code", "organisation_name", "offer_kind"),
    *("language", "headline", "summary", "items", "cases", "products", "tracks", "created_at", "updated_at"),
)
PROFILE_EMBEDDING = (
    *("profile_id", "model_id", "profile_version", "offer_kind", "language", "is_active"),
    *("headline", "body", "parts", "lexemes"),
)
DEMAND = ("id", "version", "kind", "state", "owner_scheme", "owner_code", "snapshot", "received_at")
DEMAND_EMBEDDING = (
    *("demand_id", "model_id", "demand_version", "kind", "language", "is_open", "domain", "tracks"),
    *("title", "body", "parts", "lexemes"),
)
CODE = "91370200163562681G"


class Filling:
    """Rows of the model `model_id`, written through `connection`."""

    def __init__(self, connection: Connection, model_id: str) -> None:
        self._connection, self._model = connection, rows.text(model_id)

    async def profiles(self, crowd: Crowd, count: int) -> None:
        # As a restored backup is loaded: references checked before, the word index made when all is there.
        await self._connection.execute("SET session_replication_role = replica")
        index = await self._connection.fetchval("SELECT pg_get_indexdef('ix_profile_embeddings_lexemes'::regclass)")
        await self._connection.execute("DROP INDEX ix_profile_embeddings_lexemes")
        with counted("profiles", count) as advance:
            for start in range(0, count, BATCH):
                members = crowd.members(min(BATCH, count - start))
                await self._profile_batch(members, start)
                advance(start + len(members))
        await self._connection.execute(index)

    async def demands(self, crowd: Crowd, count: int) -> None:
        with counted("demands", count) as advance:
            for start in range(0, count, BATCH):
                members = crowd.members(min(BATCH, count - start))
                await self._demand_batch(members, start)
                advance(start + len(members))

    async def settle(self) -> None:
        """Leave the tables as autovacuum would."""
        await self._connection.execute("RESET session_replication_role")
        await self._connection.execute("VACUUM (ANALYZE)")

    async def _profile_batch(self, members: Sequence[Member], start: int) -> None:
        ids = [rows.identity(identity(start + at)) for at in range(len(members))]
        wordings = [_wording(each.sample).fields(start + at) for at, each in enumerate(members)]
        texts = [(id_, *fields) for id_, fields in zip(ids, wordings, strict=True)]
        await rows.copy(self._connection, "profiles", PROFILE, texts)
        vectors = [(id_, self._model, *_profile_vectors(each)) for id_, each in zip(ids, members, strict=True)]
        await rows.copy(self._connection, "profile_embeddings", PROFILE_EMBEDDING, vectors)

    async def _demand_batch(self, members: Sequence[Member], start: int) -> None:
        found = [numbered_demand(each.sample.subject, start + at) for at, each in enumerate(members)]
        texts = [
            (
                *(rows.identity(one.id), rows.number(1), rows.text(one.kind), rows.text(one.state)),
                *(rows.text("uscc"), rows.text(CODE), rows.jsonb(one.model_dump_json()), MOMENT),
            )
            for one in found
        ]
        await rows.copy(self._connection, "demands", DEMAND, texts)
        vectors = [
            (rows.identity(one.id), self._model, *_demand_vectors(each))
            for one, each in zip(found, members, strict=True)
        ]
        await rows.copy(self._connection, "demand_embeddings", DEMAND_EMBEDDING, vectors)


def identity(number: int) -> UUID:
    """The id of a profile; as in production, later ones sort behind earlier ones."""
    return UUID(int=0x01_94_00_00_00_00_70_00_80_00_00_00_00_00_00_00 + number)


async def connected(dsn: str) -> Connection:
    """Without a limit of time."""
    return await asyncpg.connect(dsn, server_settings={"jit": "off", "statement_timeout": "0"})


class _Wording:
    """The fields of profiles that have one sample's text, each with its own number in it."""

    def __init__(self, sample: Sample) -> None:
        offer: Offer = numbered(sample.subject, _MARK)
        kind, language = rows.text(offer.offer_kind), rows.text(sample.language)
        who = (rows.text("uscc"), rows.text(CODE), rows.text("青岛示例科技有限公司"))
        self._head = (rows.number(1), rows.text("active"), *who, kind, language)
        self._tail = (rows.jsonb("[]"), rows.jsonb("[]"), rows.texts(offer.tracks), MOMENT, MOMENT)
        self._headline, self._summary = offer.headline, offer.summary or ""
        self._items = json.dumps([item.model_dump() for item in offer.items], ensure_ascii=False)

    def fields(self, number: int) -> tuple[bytes, ...]:
        headline, summary, items = (
            said.replace(str(_MARK), str(number)) for said in (self._headline, self._summary, self._items)
        )
        return (*self._head, rows.text(headline), rows.text(summary), rows.jsonb(items), *self._tail)


_MARK = 987_654_321


@cache
def _wording(sample: Sample) -> _Wording:
    return _Wording(sample)


def _profile_vectors(member: Member) -> tuple[bytes, ...]:
    sample = member.sample
    kind, language = rows.text(sample.subject.offer_kind), rows.text(sample.language)
    faces = map(rows.halfvec, member.faces)
    return (rows.number(1), kind, language, rows.flag(True), *faces, rows.field(sample.parts), _words(sample))


def _demand_vectors(member: Member) -> tuple[bytes, ...]:
    sample, demand = member.sample, member.sample.subject
    chosen = (rows.text(demand.kind), rows.text(sample.language), rows.flag(True))
    place = (rows.text(demand.domain), rows.texts(demand.tracks))
    faces = map(rows.halfvec, member.faces)
    return (rows.number(1), *chosen, *place, *faces, rows.field(sample.parts), _words(sample))


@cache
def _words(sample: Sample) -> bytes:
    return rows.tsvector(sample.lexemes)
