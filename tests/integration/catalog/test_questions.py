"""Questions about a public demand, and the answers that everyone reads."""

import asyncio

from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of

ASKED, ANSWER = {"text": "夜间识别的光照条件是多少？"}, {"answer": "不低于 30 勒克斯"}


async def a_question(catalog: CatalogUnderTest, where: str) -> str:
    """Path of a question of the other firm."""
    reply = await catalog.post(f"{where}/questions", ASKED, as_=catalog.rival)
    assert (reply.status_code, reply.json()["state"]) == (201, "asked"), reply.text
    return f"{where}/questions/{reply.json()['id']}"


async def test_everyone_reads_a_question_with_its_answer_and_not_who_asked(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    question = await a_question(catalog, where)
    assert (await catalog.get(f"{where}/questions")).json()["items"] == []
    for insider in (catalog.rival, catalog.port):
        assert len((await catalog.get(f"{where}/questions", as_=insider)).json()["items"]) == 1
    answered = await catalog.post(f"{question}/answer", ANSWER)
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    reply = await catalog.get(f"{where}/questions")
    [shown] = reply.json()["items"]
    assert (shown["text"], shown["answer"]) == (ASKED["text"], ANSWER["answer"])
    assert "91110000802100433B" not in reply.text
    event = (await catalog.announced())[-1]
    assert (event.type, event.data["question"]["answer"]) == ("catalog.question.answered", ANSWER["answer"])
    assert "91110000802100433B" not in str(event.data["question"])
    assert [each["code"] for each in event.data["audience"]] == ["91110000802100433B"], "for who delivers it alone"
    [_, told] = (await catalog.get("/v1/feed")).json()["items"]
    assert (told["noun"], told["change"], told["snapshot"]["demand_id"]) == ("question", "answered", str(id_of(where)))


async def test_a_better_answer_takes_the_place_of_the_one_before(catalog: CatalogUnderTest) -> None:
    question = await a_question(catalog, await catalog.a_published_demand())
    first, again = [await catalog.post(f"{question}/answer", ANSWER) for _ in range(2)]
    better = await catalog.post(f"{question}/answer", {"answer": "不低于 50 勒克斯"})
    versions = [reply.json()["version"] for reply in (first, again, better)]
    assert versions == [2, 2, 3]
    assert [event.type for event in await catalog.announced()].count("catalog.question.answered") == 2


async def test_a_dismissal_is_read_by_the_asker_alone(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    question = await a_question(catalog, where)
    assert (await catalog.post(f"{question}/dismiss", {"reason": "与本需求无关"})).status_code == 200
    assert (await catalog.get(f"{where}/questions")).json()["items"] == []
    [own] = (await catalog.get(f"{where}/questions", as_=catalog.rival)).json()["items"]
    assert (own["state"], own["dismissal_reason"]) == ("dismissed", "与本需求无关")
    late = await catalog.post(f"{question}/answer", ANSWER)
    assert late.status_code == 409
    assert late.json()["detail"].endswith("allowed now: nothing")


async def test_each_side_does_its_own_part(catalog: CatalogUnderTest) -> None:
    question = await a_question(catalog, await catalog.a_published_demand())
    third = catalog.token("91110000600037341L", "第三家（示例）", "enterprise")
    assert (await catalog.post(f"{question}/answer", ANSWER, as_=catalog.rival)).status_code == 409
    assert (await catalog.post(f"{question}/withdraw")).status_code == 409
    assert (await catalog.post(f"{question}/withdraw", as_=third)).status_code == 404
    assert (await catalog.post(f"{question}/withdraw", as_=catalog.rival)).json()["state"] == "withdrawn"


async def test_questions_are_taken_while_the_demand_is_published(catalog: CatalogUnderTest) -> None:
    draft, closed = await catalog.a_draft(), await catalog.a_published_demand()
    await catalog.post(f"{closed}/close")
    assert (await catalog.post(f"{draft}/questions", ASKED, as_=catalog.rival)).status_code == 404
    assert (await catalog.post(f"{closed}/questions", ASKED, as_=catalog.rival)).status_code == 409
    assert (await catalog.http.post(f"{closed}/questions", json=ASKED)).status_code == 401


async def test_of_an_answer_and_a_withdrawal_at_once_one_counts(catalog: CatalogUnderTest) -> None:
    question = await a_question(catalog, await catalog.a_published_demand())
    replies = await asyncio.gather(
        catalog.post(f"{question}/answer", ANSWER), catalog.post(f"{question}/withdraw", as_=catalog.rival)
    )
    assert sorted(reply.status_code for reply in replies) == [200, 409]
