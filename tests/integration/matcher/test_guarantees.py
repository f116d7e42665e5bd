"""Redelivery, old news, changes in the middle, deaths and poison: each subject is ranked, once, as it is now."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from common.clock import new_id
from common.contracts.clauses import Clause, ClauseKind
from common.contracts.words import DemandState
from deploy.embedded.tokens import TokenIssuer
from matcher.engine.embedding import Matrix
from matcher.settings import MatcherSettings
from matcher.subjects.demands import repository as demands
from matcher.subjects.kind import SubjectKind
from tests.integration.matcher.service_under_test import (
    CATERING_OFFER,
    DAMAGE_OFFER,
    FIRM,
    PORT,
    House,
    StandIn,
    demand,
    opened,
)
from tests.support.later import with_unknown_words


async def test_a_redelivered_event_has_one_effect(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    event_id = new_id()
    wanted = await house.hear(demand(), event_id)
    await house.work()
    await house.hear(wanted, event_id)
    assert await house.jobs() == []
    await house.work()
    assert len(await house.announced()) == 1


async def test_an_older_version_never_overwrites_a_newer(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    newer = await house.hear(demand(version=3, state=DemandState.WITHDRAWN))
    await house.hear(newer.model_copy(update={"version": 2, "state": DemandState.PUBLISHED}))
    await house.work()
    async with house.database.begin() as session:
        [copy] = (await demands.by_ids(session, [newer.id])).values()
    assert (copy.version, copy.state) == (3, DemandState.WITHDRAWN)
    assert await house.announced() == []


async def test_what_a_later_catalog_says_has_its_effect(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    clause = Clause(kind=ClauseKind.FUNCTION, text="识别箱体破洞")
    await house.hear_of_later(demand(clauses=(clause,)))
    await house.work()
    [(_, match)] = await house.announced()
    assert match.profile_organisation == FIRM


def saying(**changes: Any) -> Callable[[Any], Any]:
    """What a later catalog says of a demand in words of its own."""
    return lambda data: {"demand": data["demand"] | changes}


async def test_words_that_only_a_later_catalog_knows_do_not_keep_a_demand_from_being_matched(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    clause = {"kind": "ethics", "text": "识别准确率约95%", "operator": "about", "value": 95, "unit": "%"}
    later = saying(domain="太空", state="on_trial", is_open=True, clauses=[clause])
    await house.hear_of_later(demand(), change=later)
    await house.work()
    [(_, match)] = await house.announced()
    assert (match.profile_organisation, match.domain, match.verdicts[0].kind) == (FIRM, "太空", "ethics")
    [shown] = await house.matches()
    assert shown["domain"] == "太空"


async def test_a_state_that_only_a_later_catalog_knows_ends_matches_when_it_is_not_open(house: House) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.work()
    await house.hear_of_later(wanted.model_copy(update={"version": 2}), change=saying(state="judged", is_open=False))
    await house.work()
    assert await house.matches() == []


async def test_a_demand_of_a_kind_that_only_a_later_catalog_knows_waits_for_a_matcher_that_knows_it(
    house: House,
) -> None:
    await house.save(DAMAGE_OFFER)
    wanted = demand()
    await house.hear_of_later(wanted, change=with_unknown_words)
    await house.work()
    assert await house.announced() == []
    await house.hear(wanted.model_copy(update={"version": 2}))
    await house.work()
    assert len(await house.announced()) == 1


async def test_what_a_later_matcher_stored_can_be_read(house: House) -> None:
    """While versions are exchanged, old and new processes share the database."""
    await house.save(DAMAGE_OFFER)
    wanted = await house.hear(demand())
    await house.execute("""UPDATE demands SET snapshot = snapshot || '{"known_later": 1}'""")
    await house.work()
    [match] = await house.matches()
    reply = await house.client.get(f"/v1/demands/{wanted.id}/twins", headers=house.token(PORT))
    assert (match["demand_id"], reply.status_code) == (str(wanted.id), 200)


async def test_a_ranking_of_an_older_version_is_thrown_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demand changes between the ranking and its commit."""
    await house.save(DAMAGE_OFFER)
    await house.work()
    wanted = await house.hear(demand())
    house.after_ranking(
        monkeypatch, lambda: house.hear(wanted.model_copy(update={"version": 2, "title": f"{wanted.title}（二期）"}))
    )
    await house.lane(SubjectKind.DEMAND).step()
    assert await house.announced() == []
    await house.work()
    assert [match.demand_version for _, match in await house.announced()] == [2]
    assert await house.jobs() == []


async def test_a_profile_that_changes_while_it_is_ranked_leaves_no_stale_match(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own job is over before the demand's ranking of its older version is stored."""
    profile = await house.save(DAMAGE_OFFER)
    await house.work()
    await house.hear(demand())

    async def change_and_finish() -> None:
        path = f"/v1/profiles/{profile['id']}"
        assert (await house.client.put(path, json=CATERING_OFFER, headers={"If-Match": '"1"'})).status_code == 200
        await house.work(SubjectKind.PROFILE)

    house.after_ranking(monkeypatch, change_and_finish)
    await house.work(SubjectKind.DEMAND)
    assert await house.matches() == []


async def test_a_demand_closed_while_it_is_ranked_gets_no_match(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.save(DAMAGE_OFFER)
    await house.work()
    wanted = await house.hear(demand())
    house.after_ranking(
        monkeypatch, lambda: house.hear(wanted.model_copy(update={"version": 2, "state": DemandState.CLOSED}))
    )
    await house.work()
    assert await house.announced() == []
    assert await house.jobs() == []


@pytest.mark.parametrize("round_", range(5))
async def test_a_demand_and_a_profile_that_arrive_at_once_find_each_other(house: House, round_: int) -> None:
    await house.hear(demand())
    await house.save(DAMAGE_OFFER)
    await asyncio.gather(house.lane(SubjectKind.DEMAND).step(), house.lane(SubjectKind.PROFILE).step())
    await house.work()
    assert len(await house.matches()) == 1


async def test_a_worker_killed_between_embedding_and_commit_loses_nothing(
    settings: MatcherSettings, issuer: TokenIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = settings.model_copy(update={"lease_s": 1.0})
    async with opened(quick, issuer) as house:
        await house.save(DAMAGE_OFFER)
        await house.work()
        await house.hear(demand())
        with monkeypatch.context() as patched:
            reached = house.hang_after_ranking(patched)
            dying = asyncio.create_task(house.lane(SubjectKind.DEMAND).step())
            await reached.wait()
            dying.cancel()
            await asyncio.wait([dying])
        assert await house.announced() == []
        await house.work_until_idle(SubjectKind.DEMAND)
        assert [kind for kind, _ in await house.announced()] == ["matcher.match.computed"]


class Allergic(StandIn):
    """Fails on texts that hold a certain word."""

    WORD = "☠"

    def _encode(self, texts: Sequence[str], on_progress: Callable[[int], None] | None) -> Matrix:
        if any(self.WORD in text for text in texts):
            raise RuntimeError("cannot embed this")
        return super()._encode(texts, on_progress)


async def test_a_poisoned_profile_is_kept_for_later_and_blocks_nobody(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    async with opened(settings, issuer, Allergic()) as house:
        await house.hear(demand())
        await house.work()
        poisoned = await house.save({**CATERING_OFFER, "headline": "☠"})
        await house.save(DAMAGE_OFFER)
        await house.work()
        assert len(await house.matches()) == 1
        [job] = await house.jobs()
        assert (str(job.subject_id), job.error) == (poisoned["id"], "RuntimeError")
        assert job.ready_at > job.enqueued_at
        assert job.leased_until is None


async def test_vectors_of_another_model_are_refused_with_the_way_out(
    settings: MatcherSettings, issuer: TokenIssuer
) -> None:
    async with opened(settings, issuer, StandIn(id="first-model")) as house:
        await house.save(DAMAGE_OFFER)
        await house.work()
    async with opened(settings, issuer, StandIn(id="second-model")) as house:
        reply = await house.client.post("/v1/fits", json={"text": "集装箱残损识别"})
        assert reply.status_code == 503
        assert "first-model" in reply.json()["detail"]
        assert "reindex" in reply.json()["detail"]
        await house.save(DAMAGE_OFFER)
        await house.lane(SubjectKind.PROFILE).step()
        [job] = await house.jobs()
        assert job.error == "unavailable"


async def test_two_lanes_share_the_jobs(house: House) -> None:
    for number in range(6):
        await house.save({**CATERING_OFFER, "headline": f"配餐软件{number}"}, FIRM)
    house.settings.batch_jobs = 3
    lanes = [house.lane(SubjectKind.PROFILE), house.lane(SubjectKind.PROFILE)]
    assert await asyncio.gather(*(lane.step() for lane in lanes)) == [True, True]
    assert await house.jobs() == []
