"""Finding demands: filters, Chinese full-text search, pages."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest

NEED = "前湾港区的集装箱堆场需要巡检机器人，支持５Ｇ专网回传，在－20℃下工作；兼容ＧＢ／Ｔ 11601。"


async def test_each_filter_narrows(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="港口", domain="智慧港口", tracks=["空天信息"], division="370211")
    await catalog.a_published_demand(
        title="医院", domain="健康医疗", tracks=["类脑智能", "量子信息"], division="370202"
    )
    await catalog.a_published_demand(
        title="中试", kind="pilot", domain="其他", tracks=[], division="110105", as_=catalog.rival
    )
    await catalog.post(f"{await catalog.a_published_demand(title='截止的', domain='海洋', division=None)}/close")
    assert await catalog.found() == ["截止的", "中试", "医院", "港口"]
    assert await catalog.found(kind="pilot") == ["中试"]
    assert await catalog.found(domain="健康医疗") == ["医院"]
    assert await catalog.found(track="量子信息") == ["医院"]
    assert await catalog.found(state="closed") == ["截止的"]
    assert await catalog.found(owner=f"uscc:{PORT}", state="published") == ["医院", "港口"]
    assert await catalog.found(kind="scenario", domain="智慧港口", division="37", q="港口") == ["港口"]
    assert await catalog.found(kind="scenario", domain="其他") == []


async def test_a_division_includes_what_lies_in_it(catalog: CatalogUnderTest) -> None:
    for title, code in {"黄岛": "370211", "市里": "370200", "济南": "370102", "北京": "110105"}.items():
        await catalog.a_published_demand(title=title, division=code)
    city, province = ["市里", "黄岛"], ["济南", "市里", "黄岛"]
    wanted = {"370211": ["黄岛"], "370200": city, "3702": city, "370000": province, "37": province, "320000": []}
    assert {division: await catalog.found(division=division) for division in wanted} == wanted


async def test_text_is_found_in_title_need_and_clauses(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="AGV调度", need=NEED)
    chinese = [
        "机器人",
        "巡检机器人",
        "器人",
        "人",
        "专网",
        "港区 机器人",
        "机器人　港区",
        "港区，机器人！",
        "定位误差",
    ]
    mixed = ["5G专网", "5g", "５Ｇ专网", "GB/T 11601", "20℃", "agv", "ＡＧＶ调度"]
    assert [query for query in chinese + mixed if await catalog.found(q=query) != ["AGV调度"]] == []


async def test_what_the_text_does_not_say_is_not_found(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="AGV调度", need=NEED)
    absent = ["港口机器人", "机器入", "场区", "机器人 医院", "6G", "AG", "龘"]
    assert [query for query in absent if await catalog.found(q=query)] == []


async def test_rare_ideographs_are_found(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="𫚉鱼𠮷野養殖", need="㐀𠀀与々")
    for query in ("𫚉鱼", "𠮷", "鱼𠮷野", "㐀𠀀", "々"):
        assert await catalog.found(q=query) == ["𫚉鱼𠮷野養殖"]


async def test_a_name_is_found_however_it_is_spelled(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="控制器與OPC UA網關", need="经RS-485接入")
    for query in ("控制器与", "網关", "OPCUA", "opc-ua", "RS485 接入", "rs 485"):
        assert await catalog.found(q=query) == ["控制器與OPC UA網關"], query
    assert await catalog.found(q="RS232") == []


async def test_an_amendment_is_found_by_its_new_text_only(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand(title="旧标题文字")
    body = {"kind": "scenario", "title": "新鲜名称", "need": "其他内容", "reason": "改名"}
    assert (await catalog.post(f"{where}/amend", body, If_Match='"3"')).status_code == 200
    assert (await catalog.found(q="新鲜名称"), await catalog.found(q="旧标题")) == (["新鲜名称"], [])


async def test_a_search_for_nothing_is_refused_by_name(catalog: CatalogUnderTest) -> None:
    for query in ("", "  ", "？！", "'", "&|!():*", "\x00"):
        reply = await catalog.get("/v1/demands", q=query)
        assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, "q")


async def test_a_search_cannot_break_out_of_its_words(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="与此无关")
    for query in ("a' | 'b", "港口\\' & !'机器", "港口:*", "<->港口", "x" * 200, "港" * 200):
        assert await catalog.found(q=query) == []


async def test_a_bad_filter_is_refused_by_name(catalog: CatalogUnderTest) -> None:
    bad = [
        ("kind", "wish"),
        ("domain", "火星"),
        ("track", "\x00"),
        ("track", "炼金术"),
        ("state", "gone"),
        ("q", "字" * 201),
        ("mine", "some"),
    ]
    bad += [("division", "青岛"), ("division", "370"), ("owner", "nobody"), ("owner", "uscc:")]
    bad += [("limit", "0"), ("limit", "201"), ("cursor", "made-up")]
    for name, value in bad:
        reply = await catalog.get(f"/v1/demands?{urlencode({name: value})}")
        assert (reply.status_code, reply.json()["errors"][0]["parameter"]) == (422, name), value


async def test_the_public_list_holds_no_drafts_and_mine_does(catalog: CatalogUnderTest) -> None:
    await catalog.a_published_demand(title="公开的")
    await catalog.a_draft(title="草稿")
    await catalog.a_draft(title="别人的草稿", as_=catalog.rival)
    await catalog.a_published_demand(title="别人公开的", as_=catalog.rival)
    await catalog.post(f"{await catalog.a_draft(title='撤回的草稿')}/withdraw", {"reason": "不做了"})
    assert await catalog.found() == ["别人公开的", "公开的"]
    assert await catalog.found(state="draft") == []
    assert await catalog.found(state="withdrawn") == []
    mine = await catalog.get("/v1/demands", as_=catalog.port, mine="true")
    assert [item["title"] for item in mine.json()["items"]] == ["撤回的草稿", "草稿", "公开的"]
    drafts = await catalog.get("/v1/demands", as_=catalog.port, mine="true", state="draft")
    assert [item["title"] for item in drafts.json()["items"]] == ["草稿"]


async def test_english_names_are_taken_for_chinese_words(catalog: CatalogUnderTest) -> None:
    english: dict[str, Any] = {
        "domain": "port",
        "tracks": ["quantum_information"],
        "procurement_route": "open_challenge",
    }
    where = await catalog.a_published_demand(title="英文写的", **english)
    shown = (await catalog.get(where)).json()
    chinese = {"domain": "智慧港口", "tracks": ["量子信息"], "procurement_route": "揭榜挂帅"}
    assert {name: shown[name] for name in chinese} == chinese
    assert await catalog.found(domain="port", track="quantum_information") == ["英文写的"]
    assert await catalog.found(domain="智慧港口", track="量子信息") == ["英文写的"]
    assert await catalog.found(domain="marine") == []


async def test_mine_needs_a_token(catalog: CatalogUnderTest) -> None:
    assert (await catalog.get("/v1/demands", mine="true")).status_code == 401
    assert (await catalog.get("/v1/demands", as_={"Authorization": "Bearer forged"})).status_code == 401


async def test_pages_neither_skip_nor_repeat_while_demands_arrive(catalog: CatalogUnderTest) -> None:
    await asyncio.gather(*(catalog.a_published_demand(title=f"需求{number}") for number in range(5)))
    seen: list[str] = []
    async for items in catalog.pages("/v1/demands?limit=2&q=%E9%9C%80%E6%B1%82&kind=scenario"):
        assert len(items) <= 2
        if not seen:
            await catalog.a_published_demand(title="需求后来")
        seen += [item["title"] for item in items]
    assert sorted(seen) == [f"需求{number}" for number in range(5)]


async def test_a_listed_demand_reads_as_it_does_alone(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_published_demand()
    [listed] = (await catalog.get("/v1/demands")).json()["items"]
    assert listed == (await catalog.get(where)).json()


async def test_every_list_takes_the_size_of_a_page(catalog: CatalogUnderTest) -> None:
    """Filters that refused what they do not know would refuse the page, too."""
    document = (await catalog.get("/openapi.json")).json()
    lists = [
        path
        for path, methods in document["paths"].items()
        if "{" not in path and any(one["name"] == "limit" for one in methods.get("get", {}).get("parameters", ()))
    ]
    replies = {path: (await catalog.get(path, as_=catalog.port, limit=1)).json() for path in lists}
    refused = {
        path for path, reply in replies.items() for one in reply.get("errors", ()) if one["parameter"] == "limit"
    }
    assert (len(lists) > 5, refused) == (True, set())
