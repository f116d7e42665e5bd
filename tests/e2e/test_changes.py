"""What changes after the first match reaches those it concerns: new profiles, amendments, the end of a demand."""

from tests.e2e import texts
from tests.support.eventually import eventually
from tests.support.follower import about, following
from tests.support.parties import Json, Party, Town
from tests.support.stack import LiveStack


async def test_a_saved_profile_gets_the_demands_that_are_open(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    demand = await agency.publish(texts.demand())
    await firm.subscribe_on_nats()
    async with following(stack.broker, firm.subject) as follower:
        profile = await firm.save_profile(texts.fitting_profile())
        event = await follower.has(about(demand, profile=profile))
    assert event["data"]["match"]["verdicts"]


async def test_a_profile_that_begins_to_fit_is_matched(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    profile = await firm.save_profile(texts.strange_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        body, etag = texts.fitting_profile(), {"If-Match": f'"{profile["version"]}"'}
        changed = await firm.ask("PUT", "matcher", f"/v1/profiles/{profile['id']}", body, etag)
        event = await follower.has(about(demand, profile=profile))
    assert event["data"]["match"]["profile_version"] == changed["version"] == profile["version"] + 1


async def test_asking_what_fits_stores_nothing(people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    demand = await agency.publish(texts.demand(division="370285"))
    before = await _stored_for(firm)

    async def fit_of(ask: Json) -> Json | None:
        fits = (await firm.ask("POST", "matcher", "/v1/fits", {**ask, "division": "370285"}))["fits"]
        return next((fit for fit in fits if fit["demand_id"] == demand["id"]), None)

    by_profile = await eventually(lambda: fit_of({"profile": texts.fitting_profile()}), within=20)
    by_text = await fit_of({"text": texts.fitting_profile()["summary"]})
    assert by_profile is not None
    assert by_text is not None
    assert by_profile["band"] in ("强", "较强")
    assert by_profile["fit"] > 0
    assert len(by_profile["verdicts"]) == len(demand["clauses"])
    assert await _stored_for(firm) == before


async def _stored_for(firm: Party) -> list[list[Json]]:
    query = {"organisation_scheme": "uscc", "organisation_code": firm.code}
    return [await firm.listed("matcher", "/v1/profiles", **query), await firm.matches(), await firm.deliveries()]


async def test_an_amendment_is_told_with_its_version_and_reason(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats(versions="all")
    await firm.save_profile(texts.fitting_profile())
    async with (
        following(stack.broker, firm.subject) as follower,
        following(stack.broker, f"notify.uscc.{firm.code}.demand") as notices,
        following(stack.broker, "catalog.demand.amended", stream="CATALOG") as catalog,
    ):
        demand = await agency.publish(texts.demand())
        first = await follower.has(about(demand))
        easier = texts.demand(clauses=texts.demand()["clauses"][:2])
        amended = await agency.amend(demand, easier, "放宽网络安全条款")
        second = await follower.has(lambda event: about(demand)(event) and event["id"] != first["id"])
        announced = await catalog.has(lambda event: bool(event["subject"] == demand["id"]))
        notice = await notices.has(lambda event: bool(event["subject"] == demand["id"]))

    was, is_now = first["data"]["match"], second["data"]["match"]
    assert is_now["id"] == was["id"]
    assert is_now["version"] > was["version"]
    assert (is_now["demand_version"], len(is_now["verdicts"])) == (amended["version"], 2)
    assert announced["data"]["demand"]["version"] == amended["version"]
    assert announced["data"]["demand"]["amendment_reason"] == "放宽网络安全条款"
    assert (notice["type"], notice["data"]["news"]) == ("notify.demand.notified", "catalog.demand.amended")
    assert notice["data"]["changes"] == announced["data"]["changes"] != []
    history = await firm.listed("catalog", f"/v1/demands/{demand['id']}/versions")
    assert [(each["change"], each["reason"]) for each in history] == [
        ("amended", "放宽网络安全条款"),
        ("published", None),
    ]


async def test_an_amendment_that_ends_the_fit_ends_the_match(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        await follower.has(about(demand))
        other = {"title": "老旧小区电梯维保平台", "need": "为老旧小区电梯建立维保排班和故障报修平台。", "clauses": []}
        await agency.amend(demand, texts.demand(**other), "需求方向调整")
        event = await follower.has(lambda event: about(demand)(event) and not event["data"]["match"]["is_current"])
    assert await firm.matches(demand_id=demand["id"]) == []
    assert event["data"]["match"]["demand_id"] == demand["id"]


async def test_a_closed_demand_lapses_its_matches_and_finds_no_more(stack: LiveStack, people: Town) -> None:
    agency, firm, late = people.agency(), people.enterprise(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        await follower.has(about(demand))
        await agency.step(demand, "close")
        await follower.has(lambda event: about(demand)(event) and not event["data"]["match"]["is_current"])
        still_open = await agency.publish(texts.demand())
        await late.save_profile(texts.fitting_profile())
        await eventually(lambda: late.matches(demand_id=still_open["id"]), within=20)
    assert await firm.matches(demand_id=demand["id"]) == []
    assert await late.matches(demand_id=demand["id"]) == []


async def test_a_demand_is_closed_when_its_time_has_come(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await firm.subscribe_on_nats()
    await firm.save_profile(texts.fitting_profile())
    async with following(stack.broker, firm.subject) as follower:
        demand = await agency.publish(texts.demand())
        await follower.has(about(demand))
        await agency.amend(demand, texts.demand(closes_at=texts.in_seconds(1)), "提前截止")
        await follower.has(lambda event: about(demand)(event) and not event["data"]["match"]["is_current"])
    assert (await firm.ask("GET", "catalog", f"/v1/demands/{demand['id']}"))["state"] == "closed"


async def test_a_withdrawn_profile_ends_its_matches(stack: LiveStack, people: Town) -> None:
    agency, firm = people.agency(), people.enterprise()
    await agency.subscribe_on_nats()
    profile = await firm.save_profile(texts.fitting_profile())
    told = about(demand := await agency.publish(texts.demand()), profile=profile)
    async with following(stack.broker, agency.subject) as follower:
        await follower.has(told)
        await firm.ask("POST", "matcher", f"/v1/profiles/{profile['id']}/withdraw")
        await follower.has(lambda event: told(event) and not event["data"]["match"]["is_current"])
    assert await firm.matches(demand_id=demand["id"]) == []
