"""What list editors, reviewers and the clock do with scenario lists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history import service as history
from catalog.history.schemas import Comment
from catalog.history.service import Deed
from catalog.lists import publication, repository, requirements, rules
from catalog.lists.document import document, entry_text
from catalog.lists.entries import COLUMNS, rewrite
from catalog.lists.filters import ListFilters
from catalog.lists.models import ListEntry, ScenarioList
from catalog.lists.records import LISTS, parties_to
from catalog.lists.rules import ListAction, ListParty
from catalog.lists.schemas import ListContent, ListTerms
from catalog.organisations import service as organisations
from catalog.records import repository as records
from catalog.records.changing import Changing
from common import deadlines
from common.auth import Principal
from common.canonical import canonical, digest_of
from common.deadlines import Handler
from common.errors import Unauthenticated, invalid
from common.fields import OrganisationKey
from common.pagination import PageRequest

COLLECT = "list.collect"
"""A kind of deadline."""


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


async def surveyed(session: AsyncSession, caller: Principal, list_id: UUID) -> OrganisationKey:
    """Whose list it is; its survey stays open until the transaction ends. Raises NotFound, NotAllowedNow."""
    rules.refuse_no_survey((await LISTS.read(session, caller, list_id)).state)
    row = await records.find(session, ScenarioList, list_id, lock=True)
    if row is None:
        raise LISTS.missing()
    rules.refuse_no_survey(row.state)
    return row.owner_key


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
    requirements.refuse_incomplete([entry_text(entry) for entry in entries], states)
    return entries


async def request_edits(
    changing: Changing, list_id: UUID, comments: Sequence[Comment], reason: str | None
) -> ScenarioList:
    """Send a list back to its editors, who read the comments."""
    row = await LISTS.seek(changing, list_id)
    parties = parties_to(row, changing.caller)
    transition = history.moved(rules.LIFE, row, ListAction.REQUEST_EDITS, parties, changing.at)
    row.review_comments = [each.model_dump(mode="json") for each in comments]
    LISTS.record(changing.session, row, Deed(transition, changing.caller, reason, row.review_comments))
    return row


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
    await rewrite(session, row, [{name: getattr(entry, name) for name in COLUMNS} for entry in entries])
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
            return await publication.publish(changing, list_id)
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
