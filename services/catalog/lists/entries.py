"""What list editors do with the entries of a scenario list."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.lists import repository, requirements, rules
from catalog.lists.document import entry_text
from catalog.lists.models import ListEntry, ScenarioList
from catalog.lists.records import LISTS
from catalog.lists.rules import ListAction
from catalog.lists.schemas import EntryIn, EntryOut
from catalog.records.changing import Changing
from common.auth import Principal
from common.errors import invalid

COLUMNS = ("demand_id", "demand_version", "level", "text")
"""What an entry has beside its place."""


async def arrange(changing: Changing, list_id: UUID, wanted: Sequence[EntryIn], expected: int) -> ScenarioList:
    """These entries in this order, in place of those there are."""
    async with LISTS.step(changing, list_id, ListAction.ARRANGE, expected=expected) as row:
        present = {entry.demand_id: entry for entry in await repository.entries(changing.session, row.id)}
        dropped = present.keys() - {one.demand_id for one in wanted}
        rules.refuse_dropping(await repository.taken_proposals(changing.session, row.id, dropped))
        await rewrite(changing.session, row, await _with_texts(changing.session, wanted, present))
    return row


async def append(changing: Changing, list_id: UUID, wanted: EntryIn) -> None:
    """One more entry, behind the others; of a demand that is in the list already, what is given changes."""
    async with LISTS.step(changing, list_id, ListAction.ARRANGE) as row:
        present = {entry.demand_id: entry for entry in await repository.entries(changing.session, row.id)}
        kept = [EntryIn(demand_id=one) for one in present if one != wanted.demand_id]
        await rewrite(changing.session, row, await _with_texts(changing.session, [*kept, wanted], present))


async def remove(changing: Changing, list_id: UUID, demand_id: UUID) -> None:
    """One entry less."""
    async with LISTS.step(changing, list_id, ListAction.ARRANGE) as row:
        present = {entry.demand_id: entry for entry in await repository.entries(changing.session, row.id)}
        kept = [EntryIn(demand_id=one) for one in present if one != demand_id]
        await rewrite(changing.session, row, await _with_texts(changing.session, kept, present))


async def own_listable(session: AsyncSession, caller: Principal, demand_id: UUID) -> Mapping[str, Any]:
    """The present text of a demand of the caller's that a list can have. Raises InvalidInput."""
    found = (await repository.listable(session, {demand_id: None})).get(demand_id)
    if faults := tuple(requirements.unlistable(found, "#")):
        raise invalid(*faults)
    text = found.text if found and found.text else {}
    rules.refuse_foreign(is_own=text["owner"] == caller.organisation.model_dump())
    return text


async def _with_texts(
    session: AsyncSession, wanted: Sequence[EntryIn], present: dict[UUID, ListEntry]
) -> list[dict[str, Any]]:
    """By column, with the text of each demand at its version. Raises InvalidInput naming what no list can have."""
    versions = {one.demand_id: _version(one, present.get(one.demand_id)) for one in wanted}
    found = await repository.listable(session, versions)
    requirements.refuse_unlistable([one.demand_id for one in wanted], found)
    made = []
    for one in wanted:
        former, text = present.get(one.demand_id), found[one.demand_id].text or {}
        level = one.level or (former.level if former else None)
        made.append({"demand_id": one.demand_id, "demand_version": text["version"], "level": level, "text": text})
    return made


def _version(wanted: EntryIn, former: ListEntry | None) -> int | None:
    return wanted.demand_version or (former.demand_version if former else None)


async def rewrite(session: AsyncSession, row: ScenarioList, entries: Sequence[dict[str, Any]]) -> None:
    rows = [{**entry, "list_id": row.id, "position": place} for place, entry in enumerate(entries, start=1)]
    await repository.replace_entries(session, row.id, rows)
    row.entries_count = len(rows)


class EntryPage(NamedTuple):
    """Up to `limit` entries behind a place: position and demand of the last one seen."""

    limit: int
    after: tuple[int, UUID] | None


async def page(session: AsyncSession, visitor: Principal | None, list_id: UUID, wanted: EntryPage) -> list[ListEntry]:
    """Up to `limit + 1`, in the order of the list."""
    row = await LISTS.read(session, visitor, list_id)
    position = wanted.after[0] if wanted.after else 0
    return await repository.entries(session, row.id, position, wanted.limit + 1)


def shown_entry(entry: ListEntry) -> EntryOut:
    return EntryOut.model_validate({"position": entry.position, **entry_text(entry)})
