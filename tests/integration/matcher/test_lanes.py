"""What somebody waits for is ranked first, and nothing waits for ever."""

from uuid import UUID

from common.clock import new_id, now
from common.contracts.words import DemandState
from common.database import Database
from matcher.jobs import repository
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import House, demand

BACKLOG = 40


async def _backlog(house: House, *, urgency: int = repository.FRESH) -> list[UUID]:
    """Queued one after another, the oldest first."""
    waiting = [new_id() for _ in range(BACKLOG)]
    for one in waiting:
        async with house.database.begin() as session:
            await repository.enqueue(session, SubjectKind.DEMAND, [one], now(), urgency=urgency)
    return waiting


async def _claimed(database: Database, limit: int) -> list[UUID]:
    async with database.begin() as session:
        jobs = await repository.claim(session, SubjectKind.DEMAND, now(), limit=limit, lease_s=30)
    return [job.subject_id for job in jobs]


async def test_a_demand_published_behind_a_backlog_is_claimed_next(house: House) -> None:
    await _backlog(house)
    fresh = await house.hear(demand())
    assert (await _claimed(house.database, 2))[0] == fresh.id


async def test_the_oldest_job_advances_with_every_batch(house: House) -> None:
    waiting = await _backlog(house)
    for oldest in waiting[:3]:
        await house.hear(demand(id=new_id()))
        assert oldest in await _claimed(house.database, 2)


async def test_what_nobody_waits_for_goes_behind_a_publication_though_it_was_queued_later(house: House) -> None:
    fresh = await house.hear(demand())
    await _backlog(house, urgency=repository.PATIENT)
    assert (await _claimed(house.database, 2))[0] == fresh.id


async def test_a_reindex_does_not_lower_the_urgency_of_a_publication(house: House) -> None:
    fresh = await house.hear(demand())
    async with house.database.begin() as session:
        await repository.enqueue(session, SubjectKind.DEMAND, [fresh.id], now(), urgency=repository.PATIENT)
    await _backlog(house, urgency=repository.PATIENT)
    assert (await _claimed(house.database, 2))[0] == fresh.id


async def test_a_batch_holds_each_job_once_and_never_more_than_asked_for(house: House) -> None:
    waiting = await _backlog(house)
    seen = await _claimed(house.database, 16)
    assert len(seen) == len(set(seen)) == 16
    rest = await _claimed(house.database, 2 * BACKLOG)
    assert sorted([*seen, *rest]) == sorted(waiting)


async def test_an_old_announcement_that_comes_late_queues_nothing_that_has_closed(house: House) -> None:
    wanted = demand()
    await house.hear(wanted.model_copy(update={"version": 2, "state": DemandState.CLOSED}))
    await house.hear(wanted)
    assert await house.jobs() == []


async def test_the_job_of_what_closed_before_it_was_read_ends(house: House) -> None:
    closed = await house.hear(demand(state=DemandState.CLOSED))
    still_open = await house.hear(demand(id=new_id()))
    await house.queue(SubjectKind.DEMAND, closed.id)
    await house.work(SubjectKind.DEMAND)
    assert await house.jobs() == []
    assert await house.was_embedded("demand_embeddings")
    assert still_open.id != closed.id
