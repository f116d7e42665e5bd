"""Publishes scenario lists, compares what was published, and hands it out."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history import service as history
from catalog.history.service import Deed
from catalog.lists import repository, requirements, rules
from catalog.lists.comparing import compared
from catalog.lists.document import entry_text
from catalog.lists.exports.edition import PublishedEdition
from catalog.lists.models import ScenarioList
from catalog.lists.records import LISTS, text_of
from catalog.lists.rules import ListAction, ListParty
from catalog.records import repository as records
from catalog.records.changing import Changing
from common.auth import Principal


async def publish(changing: Changing, list_id: UUID) -> ScenarioList:
    """Let everyone have a frozen list; the edition that it corrects is superseded in the same moment."""
    session = changing.session
    async with LISTS.step(changing, list_id, ListAction.PUBLISH) as row:
        entries = await repository.entries(session, row.id)
        ids = [entry.demand_id for entry in entries]
        requirements.refuse_gone([entry_text(entry) for entry in entries], await repository.demand_states(session, ids))
        earlier = await repository.published_before(session, ids, but=row.id)
        for entry in entries:
            entry.follows = earlier[entry.demand_id].id if entry.demand_id in earlier else None
        if row.supersedes is not None:
            row.withdrawn = await repository.nowhere_else(session, row.supersedes, ids)
            former = await _supersede(changing, row, row.supersedes)
            earlier[former.id] = former
        row.published_at = _after(changing.at, earlier.values())
    return row


def _after(at: datetime, earlier: Collection[ScenarioList]) -> datetime:
    """Now, or just behind what was published before: releases of one process are put in the order of their dates."""
    last = max((one.published_at for one in earlier if one.published_at), default=at - timedelta(microseconds=1))
    return max(at, last + timedelta(microseconds=1))


async def _supersede(changing: Changing, row: ScenarioList, former_id: UUID) -> ScenarioList:
    former = await records.find(changing.session, ScenarioList, former_id, lock=True)
    if former is None:
        raise LISTS.missing()
    text = text_of(former)
    by = {ListParty.CORRECTION}
    transition = history.moved(rules.LIFE, former, ListAction.SUPERSEDE, by, changing.at)
    former.superseded_by = row.id
    LISTS.record(changing.session, former, Deed(transition, changing.caller, row.reason), text)
    return former


class Compared(NamedTuple):
    before: ScenarioList
    after: ScenarioList
    found: dict[str, Any]


async def difference(session: AsyncSession, list_id: UUID, since: UUID | None) -> Compared:
    """From another published list, the one that this corrects unless one is named, to this."""
    after = await _published(session, list_id)
    rules.refuse_nothing_before(since or after.supersedes)
    before = await _published(session, since or after.supersedes or list_id)
    documents = (json.loads(one.document or "{}") for one in (before, after))
    return Compared(before, after, compared(*documents))


async def _published(session: AsyncSession, list_id: UUID) -> ScenarioList:
    await LISTS.read(session, None, list_id)
    row = await repository.with_document(session, list_id)
    if row is None:
        raise LISTS.missing()
    return row


class PublisherNames(NamedTuple):
    """What a deployment is called in the world."""

    ocid_prefix: str
    public_url: str


async def handed_out(
    session: AsyncSession, visitor: Principal | None, list_id: UUID, naming: PublisherNames
) -> PublishedEdition:
    """All that exports are made of. Raises NotAllowedNow before the list is published."""
    rules.refuse_unpublished((await LISTS.read(session, visitor, list_id)).state)
    row = await _published(session, list_id)
    formers = {str(entry.demand_id): entry_text(entry) for entry in await repository.formers(session, list_id)}
    content = (row.document or "").encode()
    moment = row.published_at or row.updated_at
    return PublishedEdition(json.loads(content), content, moment, formers, row.withdrawn or (), *naming)
