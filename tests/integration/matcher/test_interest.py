"""What a side says of a match is told to the other; of two who speak at once each knows how it stands."""

import asyncio

import pytest

from tests.integration.matcher.docking_parties import Docked, events, matched, outbox_text
from tests.integration.matcher.service_under_test import FIRM, OTHER_FIRM, PORT, House


@pytest.fixture
async def docked(house: House) -> Docked:
    return await matched(house)


async def state(docked: Docked) -> str:
    shown = await docked.ok(FIRM, f"/v1/matches/{docked.match['id']}/outcomes", method="GET")
    return str(shown["state"])


async def says(docked: Docked, who: object, action: str, body: object = None) -> int:
    reply = await docked.send(who, f"/v1/matches/{docked.match['id']}/{action}", body)  # type: ignore[arg-type]
    return reply.status_code


async def test_a_match_is_computed_then_notified_then_viewed_then_of_interest(docked: Docked) -> None:
    assert await state(docked) == "computed"
    await docked.house.execute("UPDATE outbox SET published_at = now()")
    assert await state(docked) == "notified"
    assert await says(docked, FIRM, "view") == 200
    assert await state(docked) == "viewed"
    assert await says(docked, FIRM, "express-interest") == 200
    assert await state(docked) == "interested"
    assert await says(docked, PORT, "express-interest") == 200
    told = await events(docked.house, "matcher.interest.")
    assert [(event.type.rsplit(".", 1)[1], event.data["act"]["side"]) for event in told] == [
        ("viewed", "enterprise"),
        ("interested", "enterprise"),
        ("interested", "owner"),
    ]
    assert told[1].data["interest"]["state"] == "interested"
    assert told[1].data["interest"]["owner"] == PORT.model_dump()


async def test_either_side_dismisses_with_a_reason_and_its_words_are_in_no_event(docked: Docked) -> None:
    assert await says(docked, FIRM, "dismiss", {}) == 422
    assert await says(docked, FIRM, "dismiss", {"code": "other", "text": "产线今年停工检修"}) == 200
    [told] = await events(docked.house, "matcher.interest.dismissed")
    assert (told.data["act"]["reason"], told.data["interest"]["state"]) == ("other", "dismissed")
    assert "停工检修" not in await outbox_text(docked.house)


async def test_what_is_repeated_is_told_once(docked: Docked) -> None:
    for _ in range(3):
        assert await says(docked, FIRM, "express-interest") == 200
    assert len(await events(docked.house, "matcher.interest.")) == 1


async def test_whoever_is_interested_in_what_the_other_side_dismissed_is_told(docked: Docked) -> None:
    assert await says(docked, PORT, "dismiss", {"code": "no_capacity"}) == 200
    reply = await docked.send(FIRM, f"/v1/matches/{docked.match['id']}/express-interest")
    assert reply.status_code == 409
    assert "only by the side that dismissed it" in reply.json()["detail"]
    assert await says(docked, FIRM, "view") == 200
    assert await says(docked, PORT, "express-interest") == 200
    assert await state(docked) == "interested"


async def test_of_interest_and_dismissal_at_once_the_match_is_dismissed_in_the_end(docked: Docked) -> None:
    replies = await asyncio.gather(
        says(docked, FIRM, "express-interest"), says(docked, PORT, "dismiss", {"code": "timing"})
    )
    assert replies[1] == 200
    assert replies[0] in (200, 409)
    assert await state(docked) == "dismissed"
    # Who came second was told: the one by a 409, the other by the state in its event.
    told = await events(docked.house, "matcher.interest.")
    assert len(told) == replies.count(200)
    assert told[-1].data["interest"]["state"] == "dismissed"


async def test_strangers_have_nothing_to_say_of_a_match(docked: Docked) -> None:
    for action in ("view", "express-interest"):
        assert await says(docked, OTHER_FIRM, action) == 404


async def test_the_other_outcomes_are_told_to_nobody(docked: Docked) -> None:
    reply = await docked.send(PORT, f"/v1/matches/{docked.match['id']}/outcomes", {"outcome": "shortlisted"})
    assert reply.status_code == 201
    assert await events(docked.house, "matcher.interest.") == []
