"""The sides of a match report what became of it, and each report keeps what was known when it was shown."""

import asyncio
from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from common.fields import OrganisationKey
from matcher.base import Base
from matcher.coefficients.models import Coefficients
from matcher.engine.ranking import features
from matcher.feedback import service
from matcher.feedback.models import ReportedOutcome
from tests.integration.matcher.service_under_test import DAMAGE_OFFER, FIRM, OTHER_FIRM, PORT, House, demand

UNFIT = {"outcome": "dismissed", "reason": {"code": "requirement_unmet", "text": "识别率低于要求。"}}


async def a_match(house: House) -> dict[str, Any]:
    await house.save(DAMAGE_OFFER)
    await house.hear(demand())
    await house.work()
    [match] = await house.matches()
    return match


async def report(
    house: House, match: dict[str, Any], body: dict[str, Any], who: OrganisationKey = FIRM, key: str | None = None
) -> tuple[int, dict[str, Any]]:
    path = f"/v1/matches/{match['id']}/outcomes"
    named = {"Idempotency-Key": key} if key else {}
    reply = await house.client.post(path, json=body, headers=house.token(who) | named)
    return reply.status_code, reply.json()


async def told(house: House, match: dict[str, Any], who: OrganisationKey = FIRM) -> dict[str, Any]:
    reply = await house.client.get(f"/v1/matches/{match['id']}/outcomes", headers=house.token(who))
    assert reply.status_code == 200, reply.text
    shown: dict[str, Any] = reply.json()
    return shown


async def test_both_sides_report_and_see_what_became_of_a_match(house: House) -> None:
    match = await a_match(house)
    assert (await told(house, match))["state"] == "computed"
    await report(house, match, {"outcome": "viewed"})
    await report(house, match, {"outcome": "interested"})
    status, shortlisted = await report(house, match, {"outcome": "shortlisted"}, PORT)
    assert (status, shortlisted["side"]) == (201, "owner")
    shown = await told(house, match)
    assert shown["state"] == "shortlisted"
    assert [one["outcome"] for one in shown["items"]] == ["shortlisted", "interested", "viewed"]
    assert await told(house, match, PORT) == shown


async def test_a_report_keeps_the_fit_the_place_and_the_versions_that_were_shown(house: House) -> None:
    match = await a_match(house)
    _, kept = await report(house, match, {"outcome": "viewed"})
    for name in ("fit", "ranking_id", "demand_version", "profile_version"):
        assert kept[name] == match[name]
    assert (kept["rank"], kept["propensity"]) == (1, 1.0)
    receipt = (await house.client.get(f"/v1/rankings/{match['ranking_id']}")).json()
    assert kept["ranker_version"] == receipt["ranker_version"]
    changed = {**DAMAGE_OFFER, "summary": "不停车识别箱体残损。"}
    await house.client.put(f"/v1/profiles/{match['profile_id']}", json=changed, headers={"If-Match": '"1"'})
    await house.work()
    assert (await told(house, match))["items"] == [kept]


async def test_what_is_learnt_rests_on_the_figures_of_the_ranking(house: House) -> None:
    match = await a_match(house)
    await report(house, match, {"outcome": "interested"})
    async with house.database.begin() as session:
        [lesson] = await service.lessons(session)
    assert lesson.grade == 2
    assert lesson.shown.has_one_language
    assert set(lesson.shown.features) == set(features.NAMES)
    assert (str(lesson.shown.demand_id), lesson.shown.rank) == (match["demand_id"], 1)


async def test_repeating_a_report_changes_nothing(house: House) -> None:
    match = await a_match(house)
    _, first = await report(house, match, UNFIT)
    assert (await report(house, match, UNFIT)) == (201, first)
    assert len((await told(house, match))["items"]) == 1


async def test_a_side_that_changes_its_mind_often_leaves_its_newest_word_of_each_kind(house: House) -> None:
    match = await a_match(house)
    await report(house, match, {"outcome": "shortlisted"}, PORT)
    for _ in range(5):
        await report(house, match, {"outcome": "interested"})
        _, last = await report(house, match, UNFIT)
    shown = await told(house, match)
    assert [one["outcome"] for one in shown["items"]] == ["dismissed", "interested", "shortlisted"]
    assert (shown["state"], shown["items"][0]) == ("dismissed", last)
    async with house.database.begin() as session:
        [lesson] = await service.lessons(session)
    assert lesson.grade == 0


async def test_what_is_said_again_is_kept_with_what_is_shown_now(house: House) -> None:
    match = await a_match(house)
    for body in ({"outcome": "interested"}, UNFIT):
        await report(house, match, body)
    await house.client.put(f"/v1/profiles/{match['profile_id']}", json=DAMAGE_OFFER, headers={"If-Match": '"1"'})
    await house.work()
    await report(house, match, {"outcome": "interested"})
    kept = [(one["outcome"], one["profile_version"]) for one in (await told(house, match))["items"]]
    assert kept == [("interested", 2), ("dismissed", 1)]


async def test_a_key_makes_one_report_of_many_requests(house: House) -> None:
    match = await a_match(house)
    replies = [await report(house, match, {"outcome": "viewed"}, key="k1") for _ in range(3)]
    assert replies == [replies[0]] * 3
    assert (await report(house, match, UNFIT, key="k1"))[0] == 422


async def test_a_report_that_comes_many_times_at_once_is_kept_once(house: House) -> None:
    match = await a_match(house)
    await asyncio.gather(*(report(house, match, UNFIT) for _ in range(5)))
    assert len((await told(house, match))["items"]) == 1


async def test_a_dismissal_without_a_reason_is_refused_and_nothing_is_kept(house: House) -> None:
    match = await a_match(house)
    status, problem = await report(house, match, {"outcome": "dismissed"})
    assert (status, problem["errors"][0]["pointer"]) == (422, "#/reason")
    assert (await told(house, match))["items"] == []


async def test_a_side_cannot_report_what_is_the_others_to_say(house: House) -> None:
    match = await a_match(house)
    assert (await report(house, match, {"outcome": "selected"}))[0] == 403
    assert (await report(house, match, {"outcome": "validated"}))[0] == 403
    assert (await told(house, match))["items"] == []


async def test_a_stranger_neither_reports_nor_reads(house: House) -> None:
    match = await a_match(house)
    assert (await report(house, match, {"outcome": "viewed"}, OTHER_FIRM))[0] == 404
    path = f"/v1/matches/{match['id']}/outcomes"
    assert (await house.client.get(path, headers=house.token(OTHER_FIRM))).status_code == 404


async def test_a_match_that_lapsed_can_still_be_validated(house: House) -> None:
    match = await a_match(house)
    await house.client.post(f"/v1/profiles/{match['profile_id']}/withdraw")
    assert (await report(house, match, {"outcome": "validated"}, PORT))[0] == 201
    assert (await told(house, match))["state"] == "validated"


async def test_outcomes_come_in_pages(house: House) -> None:
    match = await a_match(house)
    for outcome in ("viewed", "shortlisted", "selected"):
        await report(house, match, {"outcome": outcome}, PORT)
    path = f"/v1/matches/{match['id']}/outcomes"
    first = (await house.client.get(path, params={"limit": 2})).json()
    rest = (await house.client.get(path, params={"limit": 2, "cursor": first["cursor"]})).json()
    assert [one["outcome"] for one in first["items"] + rest["items"]] == ["selected", "shortlisted", "viewed"]
    assert rest["cursor"] is None
    assert first["state"] == rest["state"] == "selected"


def _differences(connection: Connection) -> list[object]:
    ours = {ReportedOutcome.__tablename__, Coefficients.__tablename__}

    def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in ours

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
    found: list[object] = compare_metadata(context, Base.metadata)
    return found


async def test_the_migrated_schema_is_that_of_the_models(database_of: Callable[[str], str]) -> None:
    engine = create_async_engine(database_of("matcher"))
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()
