"""What list editors, reviewers and the clock do with scenario lists."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history import service as history
from catalog.history.schemas import Comment
from catalog.history.service import Deed
from catalog.lists import repository, rules
from catalog.lists.comparing import compared
from catalog.lists.document import document, entry_text
from catalog.lists.exports.edition import PublishedEdition
from catalog.lists.filters import ListFilters
from catalog.lists.models import ListEntry, ScenarioList
from catalog.lists.rules import ListAction, ListParty
from catalog.lists.schemas import EntryIn, EntryOut, ListContent, ListOut, ListTerms
from catalog.organisations import service as organisations
from catalog.records import repository as records
from catalog.records.changing import Changing
from catalog.records.records import Records
from common import deadlines
from common.auth import Principal
from common.canonical import canonical, digest_of
from common.deadlines import Handler
from common.errors import Unauthenticated, invalid
from common.fields import OrganisationKey
from common.pagination import PageRequest

COLLECT = "list.collect"
"""A kind of deadline."""
COLUMNS = ("demand_id", "demand_version", "level", "text")
"""What an entry has beside its place."""


def _parties(row: ScenarioList, caller: Principal) -> Collection[ListParty]:
    is_own = row.owner_key == caller.organisation
    return rules.parties(caller.roles, is_own=is_own, submitted_by=row.submitted_by, caller=caller.caller)


def _text(row: ScenarioList) -> dict[str, Any] | None:
    return ListOut.model_validate(row).model_dump(mode="json") if row.state in rules.PUBLIC else None


class ScenarioLists(Records[ScenarioList]):
    """Those who may take no step may see some, too: a survey, and what their own organisation drafts."""

    def is_visible(self, row: ScenarioList, visitor: Principal | None) -> bool:
        if super().is_visible(row, visitor):
            return True
        return visitor is not None and (
            row.owner_key == visitor.organisation or rules.is_surveyed(row.state, visitor.roles)
        )


LISTS = ScenarioLists(ScenarioList, rules.LIFE, _parties, _text)


async def begin(changing: Changing, content: ListContent) -> ScenarioList:
    """The first edition of a year and batch; publishers may put their demands forward from now on."""
    session, caller, at = changing
    _refuse_faulty(content, at)
    await repository.lock_owner(session, await organisations.of_caller(session, caller, at))
    standing = await repository.standing(session, caller.organisation, content.year, content.batch)
    rules.refuse_second(standing, year=content.year, batch=content.batch)
    row = await LISTS.begin(changing, ListParty.EDITOR, **content.model_dump(), edition=1, entries_count=0)
    await deadlines.put(session, COLLECT, row.id, row.collect_by)
    return row


def _refuse_faulty(terms: ListTerms, at: datetime) -> None:
    if faults := tuple(rules.survey_faults(terms.collect_by, at)):
        raise invalid(*faults)


async def replace(changing: Changing, list_id: UUID, terms: ListTerms, expected: int) -> ScenarioList:
    """Other words for the list as a whole."""
    async with LISTS.step(changing, list_id, ListAction.REPLACE, expected=expected) as row:
        if terms.collect_by != row.collect_by:
            _refuse_faulty(terms, changing.at)
        row.title, row.note, row.collect_by = terms.title, terms.note, terms.collect_by
    is_survey = row.state is rules.COLLECTING
    await deadlines.put(changing.session, COLLECT, row.id, row.collect_by if is_survey else None)
    return row


async def arrange(changing: Changing, list_id: UUID, wanted: Sequence[EntryIn], expected: int) -> ScenarioList:
    """These entries in this order, in place of those there are."""
    async with LISTS.step(changing, list_id, ListAction.ARRANGE, expected=expected) as row:
        present = {entry.demand_id: entry for entry in await repository.entries(changing.session, row.id)}
        dropped = present.keys() - {one.demand_id for one in wanted}
        rules.refuse_dropping(await repository.taken_proposals(changing.session, row.id, dropped))
        await _write(changing.session, row, await _entries(changing.session, wanted, present))
    return row


async def append(changing: Changing, list_id: UUID, wanted: EntryIn) -> None:
    """One more entry, behind the others; of a demand that is in the list already, what is given changes."""
    async with LISTS.step(changing, list_id, ListAction.ARRANGE) as row:
        present = {entry.demand_id: entry for entry in await repository.entries(changing.session, row.id)}
        kept = [EntryIn(demand_id=one) for one in present if one != wanted.demand_id]
        await _write(changing.session, row, await _entries(changing.session, [*kept, wanted], present))


async def remove(changing: Changing, list_id: UUID, demand_id: UUID) -> None:
    """One entry less."""
    async with LISTS.step(changing, list_id, ListAction.ARRANGE) as row:
        present = {entry.demand_id: entry for entry in await repository.entries(changing.session, row.id)}
        kept = [EntryIn(demand_id=one) for one in present if one != demand_id]
        await _write(changing.session, row, await _entries(changing.session, kept, present))


async def surveyed(session: AsyncSession, caller: Principal, list_id: UUID) -> OrganisationKey:
    """Whose list it is; its survey stays open until the transaction ends. Raises NotFound, NotAllowedNow."""
    rules.refuse_no_survey((await LISTS.read(session, caller, list_id)).state)
    row = await records.find(session, ScenarioList, list_id, lock=True)
    if row is None:
        raise LISTS.missing()
    rules.refuse_no_survey(row.state)
    return row.owner_key


async def own_listable(session: AsyncSession, caller: Principal, demand_id: UUID) -> Mapping[str, Any]:
    """The present text of a demand of the caller's that a list can have. Raises InvalidInput."""
    found = (await repository.listable(session, {demand_id: None})).get(demand_id)
    if faults := tuple(rules.unlistable(found, "#")):
        raise invalid(*faults)
    text = found.text if found and found.text else {}
    rules.refuse_foreign(is_own=text["owner"] == caller.organisation.model_dump())
    return text


async def _entries(
    session: AsyncSession, wanted: Sequence[EntryIn], present: dict[UUID, ListEntry]
) -> list[dict[str, Any]]:
    """By column, with the text of each demand at its version. Raises InvalidInput naming what no list can have."""
    versions = {one.demand_id: _version(one, present.get(one.demand_id)) for one in wanted}
    found = await repository.listable(session, versions)
    rules.refuse_unlistable([one.demand_id for one in wanted], found)
    made = []
    for one in wanted:
        former, text = present.get(one.demand_id), found[one.demand_id].text or {}
        level = one.level or (former.level if former else None)
        made.append({"demand_id": one.demand_id, "demand_version": text["version"], "level": level, "text": text})
    return made


def _version(wanted: EntryIn, former: ListEntry | None) -> int | None:
    return wanted.demand_version or (former.demand_version if former else None)


async def _write(session: AsyncSession, row: ScenarioList, entries: Sequence[dict[str, Any]]) -> None:
    rows = [{**entry, "list_id": row.id, "position": place} for place, entry in enumerate(entries, start=1)]
    await repository.replace_entries(session, row.id, rows)
    row.entries_count = len(rows)


async def draft(changing: Changing, list_id: UUID) -> ScenarioList:
    """End the survey."""
    async with LISTS.step(changing, list_id, ListAction.DRAFT) as row:
        pass
    await deadlines.put(changing.session, COLLECT, row.id, None)
    return row


async def submit(changing: Changing, list_id: UUID) -> ScenarioList:
    """Hand a list to the reviewers, once it is complete and everyone who put a demand forward has an answer."""
    async with LISTS.step(changing, list_id, ListAction.SUBMIT) as row:
        rules.refuse_undecided(await repository.undecided_count(changing.session, row.id))
        await _refuse_incomplete(changing.session, row)
        row.submitted_by, row.review_comments = changing.caller.caller, None
    return row


async def approve(changing: Changing, list_id: UUID) -> ScenarioList:
    """Freeze a list: from now on it is one document with one digest."""
    async with LISTS.step(changing, list_id, ListAction.APPROVE) as row:
        entries = await _refuse_incomplete(changing.session, row)
        content = canonical(document(row, entries))
        row.document, row.digest = content.decode(), digest_of(content)
    return row


async def _refuse_incomplete(session: AsyncSession, row: ScenarioList) -> list[ListEntry]:
    entries = await repository.entries(session, row.id)
    states = await repository.demand_states(session, [entry.demand_id for entry in entries])
    rules.refuse_incomplete([entry_text(entry) for entry in entries], states)
    return entries


async def request_edits(
    changing: Changing, list_id: UUID, comments: Sequence[Comment], reason: str | None
) -> ScenarioList:
    """Send a list back to its editors, who read the comments."""
    row = await LISTS.seek(changing, list_id)
    parties = _parties(row, changing.caller)
    transition = history.moved(rules.LIFE, row, ListAction.REQUEST_EDITS, parties, changing.at)
    row.review_comments = [each.model_dump(mode="json") for each in comments]
    LISTS.record(changing.session, row, Deed(transition, changing.caller, reason, row.review_comments))
    return row


async def publish(changing: Changing, list_id: UUID) -> ScenarioList:
    """Let everyone have a frozen list; the edition that it corrects is superseded in the same moment."""
    session = changing.session
    async with LISTS.step(changing, list_id, ListAction.PUBLISH) as row:
        entries = await repository.entries(session, row.id)
        ids = [entry.demand_id for entry in entries]
        rules.refuse_gone([entry_text(entry) for entry in entries], await repository.demand_states(session, ids))
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
    text = _text(former)
    by = {ListParty.CORRECTION}
    transition = history.moved(rules.LIFE, former, ListAction.SUPERSEDE, by, changing.at)
    former.superseded_by = row.id
    LISTS.record(changing.session, former, Deed(transition, changing.caller, row.reason), text)
    return former


async def correct(changing: Changing, list_id: UUID, reason: str) -> ScenarioList:
    """A draft of the next edition, with the entries of the one that stands; that one stays until this is published."""
    session = changing.session
    former = await LISTS.seek(changing, list_id)
    rules.refuse_stranger(is_own=former.owner_key == changing.caller.organisation)
    rules.refuse_uncorrectable(former.state, await repository.successor(session, former.id))
    same = {name: getattr(former, name) for name in ("year", "batch", "title", "note")}
    fields = {"edition": former.edition + 1, "supersedes": former.id, "reason": reason, "entries_count": 0}
    row = await LISTS.begin(changing, ListParty.EDITOR, **same, **fields)
    entries = await repository.entries(session, former.id)
    await _write(session, row, [{name: getattr(entry, name) for name in COLUMNS} for entry in entries])
    return await draft(changing, row.id)


async def cancel(changing: Changing, list_id: UUID, reason: str | None) -> ScenarioList:
    """Give up an edition that was not published; the year and batch are free for another."""
    async with LISTS.step(changing, list_id, ListAction.CANCEL, reason) as row:
        pass
    await deadlines.put(changing.session, COLLECT, row.id, None)
    return row


async def take(changing: Changing, list_id: UUID, action: ListAction, reason: str | None) -> ScenarioList:
    """A step that takes nothing but a reason; once it is taken, taking it again changes nothing."""
    row = await LISTS.seek(changing, list_id)
    if rules.LIFE.is_done(row.state, action):
        return row
    match action:
        case ListAction.DRAFT:
            return await draft(changing, list_id)
        case ListAction.SUBMIT:
            return await submit(changing, list_id)
        case ListAction.APPROVE:
            return await approve(changing, list_id)
        case ListAction.PUBLISH:
            return await publish(changing, list_id)
        case _:
            return await cancel(changing, list_id, reason)


async def draft_due(session: AsyncSession, list_id: UUID, at: datetime) -> None:
    """End a survey whose time has come by `at`, if that is how it stands."""
    await LISTS.strike(session, list_id, ListAction.DRAFT, ListParty.CLOCK, at)


DUE: dict[str, Handler] = {COLLECT: draft_due}
"""What the clock does for lists."""


async def page(
    session: AsyncSession, wanted: PageRequest, filters: ListFilters, visitor: Principal | None
) -> Sequence[ScenarioList]:
    """What the visitor may see, newest first."""
    if filters.mine and visitor is None:
        raise Unauthenticated("That list needs an access token", "查看该列表需要访问令牌")
    return await LISTS.page(session, wanted, *repository.listed(filters, visitor))


class EntryPage(NamedTuple):
    """Up to `limit` entries behind a place: position and demand of the last one seen."""

    limit: int
    after: tuple[int, UUID] | None


async def entries(
    session: AsyncSession, visitor: Principal | None, list_id: UUID, wanted: EntryPage
) -> list[ListEntry]:
    """Up to `limit + 1`, in the order of the list."""
    row = await LISTS.read(session, visitor, list_id)
    position = wanted.after[0] if wanted.after else 0
    return await repository.entries(session, row.id, position, wanted.limit + 1)


def shown_entry(entry: ListEntry) -> EntryOut:
    return EntryOut.model_validate({"position": entry.position, **entry_text(entry)})


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
