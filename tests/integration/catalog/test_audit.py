"""Who did what: every step of a demand is on record, and told of, in its own transaction."""

import asyncio

from sqlalchemy import text

from tests.integration.catalog.service_under_test import NEXT_YEAR, PORT, CatalogUnderTest, content, id_of


async def test_every_step_is_audited_with_who_when_from_to_and_why(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    await catalog.put(where, content(), If_Match='"1"')
    await catalog.post(f"{where}/submit")
    await catalog.post(f"{where}/publish")
    await catalog.post(f"{where}/amend", {"title": "改后的标题", "reason": "放宽指标"}, If_Match='"4"')
    await catalog.clock_strikes(NEXT_YEAR)
    steps = await audited(catalog, where)
    assert [(step["action"], step["before"], step["after"], step["version"]) for step in steps] == [
        ("create", None, "draft", 1),
        ("replace", "draft", "draft", 2),
        ("submit", "draft", "submitted", 3),
        ("publish", "submitted", "published", 4),
        ("amend", "published", "published", 5),
        ("close", "published", "closed", 6),
    ]
    assert [step["reason"] for step in steps] == [None, None, None, None, "放宽指标", None]
    assert [step["party"] for step in steps] == ["owner", "owner", "owner", "publisher", "owner", "clock"]
    assert {step["actor_code"] for step in steps[:-1]} == {PORT}
    assert steps[-1]["actor_code"] is None
    assert sorted(steps, key=lambda step: str(step["at"])) == steps


async def test_a_refused_step_leaves_no_entry(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    before = await catalog.row_counts()
    assert (await catalog.post(f"{where}/publish")).status_code == 409
    assert (await catalog.put(where, content(), If_Match='"9"')).status_code == 412
    assert await catalog.row_counts() == before


async def test_steps_that_are_not_public_are_told_of_without_their_text(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft(title="还不公开的标题")
    await catalog.post(f"{where}/submit")
    await catalog.post(f"{where}/withdraw", {"reason": "也不公开的理由"})
    events = await catalog.recorded()
    told = [(event.type, event.data["action"], event.data["after"], event.data["by"]) for event in events]
    assert told == [
        ("catalog.step.taken", "create", "draft", "owner"),
        ("catalog.step.taken", "submit", "submitted", "owner"),
        ("catalog.step.taken", "withdraw", "withdrawn", "owner"),
    ]
    assert {event.subject for event in events} == {str(id_of(where))}
    assert "不公开" not in str([event.data for event in events])


async def test_of_steps_taken_at_once_one_is_audited(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_submitted_demand()
    await asyncio.gather(*(catalog.post(f"{where}/publish") for _ in range(5)))
    assert [step["action"] for step in await audited(catalog, where)].count("publish") == 1


async def audited(catalog: CatalogUnderTest, where: str) -> list[dict[str, object]]:
    """The entries of a demand, oldest first."""
    async with catalog.database.begin() as session:
        rows = text("SELECT * FROM audit WHERE subject_id = :id ORDER BY version")
        return [dict(row) for row in (await session.execute(rows, {"id": id_of(where)})).mappings()]
