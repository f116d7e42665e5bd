"""Files of demands: read into a report first, made into drafts when their owner says so."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from catalog.demands.models import Demand
from catalog.demands.service import CONTENT
from catalog.settings import CatalogSettings
from common.imports.template import template
from common.sheets.refusals import MIB
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.imports import OCTETS, Imports
from tests.integration.catalog.service_under_test import PORT, CatalogUnderTest, content, running
from tests.support import messy_files as files

HEADER = ("场景名称", "应用需求", "技术指标", "预算（万元）", "应用区域", "所属领域", "联系人", "联系电话", "截止时间")
GOOD = (
    "箱体残损识别",
    "不停车识别箱体破洞",
    "①准确率不低于96%；②响应不超过50ms",
    300,
    "黄岛区",
    "港口",
    "王工",
    "13800000000",
    "2099年3月底前",
)

FILLED = {
    "number": 1,
    "title": "箱体残损识别",
    "kind": "scenario",
    "need": "不停车识别",
    "function": "五面识别",
    "performance": "准确率不低于96%",
    "standard": "GB/T 28181",
    "qualification": "ISO 9001",
    "security": "三级等保",
    "owner": "某港区",
    "domain": "智慧港口",
    "tracks": "类脑智能",
    "division": "黄岛区",
    "budget": "200-300",
    "opens_at": "2098-03-01",
    "closes_at": "2099年6月底前",
    "period": "签约后120天",
    "procurement_route": "合作创新采购",
    "docking": "线上提交",
    "policies": "场景开放政策",
    "contact_name": "王工",
    "contact_phone": "0532-88880000",
    "contact_email": "wang@example.com",
    "remark": "首批",
}
"""The template's columns, filled in."""


@pytest.fixture
def imports(catalog: CatalogUnderTest, settings: CatalogSettings) -> Imports:
    return Imports(catalog, settings)


async def test_a_file_is_read_into_a_report_and_nothing_is_written(imports: Imports) -> None:
    report = await imports.read(files.table(HEADER, GOOD), name="清单.xlsx")
    assert (report["state"], report["good_count"], report["bad_count"]) == ("read", 1, 0)
    assert report["sheets"][0]["columns"]["预算（万元）"] == "budget"
    [row] = await imports.rows(report)
    assert row["content"] == {
        "kind": "scenario",
        "title": "箱体残损识别",
        "need": "不停车识别箱体破洞",
        "clauses": [
            {"kind": "performance", "text": "准确率不低于96%"},
            {"kind": "performance", "text": "响应不超过50ms"},
        ],
        "budget_min_fen": 300_000_000,
        "budget_max_fen": 300_000_000,
        "division": "370211",
        "domain": "智慧港口",
        "closes_at": "2099-03-31T16:00:00Z",
        "contact": {"name": "王工", "phone": "13800000000"},
    }
    assert {"field": "budget", "place": "清单!D2", "text": "300", "from": None, "source": None} in row["cells"]
    assert await imports.drafts() == []


async def test_committed_rows_are_drafts_of_the_organisation_that_nobody_else_sees(imports: Imports) -> None:
    report = await imports.committed(files.table(HEADER, GOOD))
    assert (report["state"], report["committed_count"], report["same_count"]) == ("committed", 1, 0)
    [draft] = await imports.drafts()
    assert (draft["title"], draft["state"], draft["budget_max_fen"]) == ("箱体残损识别", "draft", 300_000_000)
    [row] = await imports.rows(report)
    assert row["subject_id"] == draft["id"]
    where = f"/v1/demands/{draft['id']}"
    own = (await imports.catalog.get(where, as_=imports.catalog.port)).json()
    assert own["contact"] == {"name": "王工", "phone": "13800000000", "email": None}
    assert (await imports.catalog.get(where, as_=imports.catalog.rival)).status_code == 404
    [step] = await imports.catalog.recorded()
    assert (step.type, step.data["id"]) == ("catalog.step.taken", draft["id"])
    assert not any(private in step.model_dump_json() for private in ("13800000000", "王工", "残损"))


async def test_an_imported_draft_can_be_found_and_published_as_any_other(imports: Imports) -> None:
    await imports.committed(files.table(HEADER, GOOD))
    [draft] = await imports.drafts()
    for step in ("submit", "publish"):
        assert (await imports.catalog.post(f"/v1/demands/{draft['id']}/{step}")).status_code == 200
    assert await imports.catalog.found(q="箱体 破洞") == ["箱体残损识别"]


async def test_an_imported_draft_is_stored_word_by_word_as_one_that_was_drafted(imports: Imports) -> None:
    await imports.committed(files.table(HEADER, GOOD))
    [imported] = await imports.drafts()
    own = (await imports.catalog.get(f"/v1/demands/{imported['id']}", as_=imports.catalog.port)).json()
    await imports.catalog.a_draft(**{name: own[name] for name in CONTENT})
    # Whose contact it is, no two ciphertexts tell.
    columns = ", ".join(sorted({*CONTENT, "search", "state", "version"} - {"contact"}))
    async with imports.catalog.database.begin() as session:
        stored = (await session.execute(text(f"SELECT {columns} FROM demands"))).all()
        steps = (await session.execute(text("SELECT action, before, after, party, actor_code FROM audit"))).all()
        contacts = (await session.scalars(select(Demand.contact))).all()
    assert (stored[0], contacts[0]) == (stored[1], contacts[1])
    assert steps[0] == steps[1]
    told = [
        event.model_dump(exclude={"id", "time", "subject", "correlationid"})
        for event in await imports.catalog.recorded()
    ]
    assert [each["data"].keys() & {"id", "at"} for each in told] == [{"id", "at"}] * 2
    assert [each["data"] | {"id": None, "at": None} for each in told] == [
        {**told[1]["data"], "id": None, "at": None}
    ] * 2
    assert told[0] | {"data": None} == told[1] | {"data": None}


async def test_the_same_file_again_says_so_and_doubles_nothing(imports: Imports) -> None:
    sheet = files.table(HEADER, GOOD)
    first = await imports.committed(sheet)
    again = await imports.send(sheet)
    assert (again.status_code, again.json()["id"], again.json()["is_repeated"]) == (200, first["id"], True)
    assert (await imports.commit(first)).json()["state"] == "committed"
    await imports.work()
    assert len(await imports.drafts()) == 1


async def test_the_same_row_in_another_file_says_so_and_doubles_nothing(imports: Imports) -> None:
    await imports.committed(files.table(HEADER, GOOD))
    other = ("另一个场景", *GOOD[1:])
    report = await imports.committed(files.table(HEADER, GOOD, other))
    assert (report["same_count"], report["committed_count"]) == (1, 1)
    same, _ = await imports.rows(report)
    assert same["state"] == "same"
    assert "already" in same["remarks"][-1]["detail"]
    assert len(await imports.drafts()) == 2


async def test_a_repeat_within_the_file_and_a_probable_one_are_told_apart(imports: Imports) -> None:
    alike = (GOOD[0], "夜间和雨雾天也要识别", *GOOD[2:])
    report = await imports.read(files.table(HEADER, GOOD, GOOD, alike))
    assert [row["state"] for row in await imports.rows(report)] == ["good", "same", "warned"]


async def test_what_came_meanwhile_is_not_doubled_by_the_commit(imports: Imports) -> None:
    row = ("岸桥定位", "卫星信号被遮挡时连续定位")
    report = await imports.read(files.table(("场景名称", "应用需求"), row))
    assert report["good_count"] == 1
    await imports.catalog.a_draft(title=row[0], need=row[1], clauses=[])
    await imports.commit(report)
    await imports.work()
    assert len(await imports.drafts()) == 1
    after = await imports.report(f"/v1/imports/{report['id']}")
    assert (after["good_count"], after["same_count"], after["row_count"]) == (0, 1, 1)


async def test_all_rows_are_refused_while_one_is_bad_and_the_good_ones_can_go(imports: Imports) -> None:
    report = await imports.read(files.table(HEADER, GOOD, ("", *GOOD[1:]), ("=1+1", *GOOD[1:])))
    assert (report["good_count"], report["bad_count"]) == (1, 2)
    refused = await imports.commit(report, "all")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not_allowed_now")
    assert (await imports.commit(report, "good")).status_code == 202
    await imports.work()
    assert [draft["title"] for draft in await imports.drafts()] == ["箱体残损识别"]


async def test_a_bad_row_names_the_cell_and_what_would_be_right(imports: Imports) -> None:
    past = (*GOOD[:8], "2020-01-01")
    report = await imports.read(files.table(HEADER, past))
    [row] = await imports.rows(report, state="bad")
    [remark] = [each for each in row["remarks"] if each["level"] == "error"]
    assert (remark["field"], remark["place"], remark["detail"]) == ("closes_at", "清单!I2", "give a time in the future")


async def test_remarks_are_in_the_readers_language(imports: Imports) -> None:
    report = await imports.read(files.table(HEADER, (*GOOD[:3], "面谈后定", *GOOD[4:])))
    where = f"/v1/imports/{report['id']}/rows"
    said = {}
    for language in ("zh", "en"):
        reply = await imports.catalog.http.get(where, headers={**imports.catalog.port, "Accept-Language": language})
        said[language] = reply.json()["items"][0]["remarks"][0]["detail"]
    assert said["zh"] == "“面谈后定”不是金额，已保留为文字"
    assert said["en"].endswith("is no sum of money; it was kept as text")


async def test_what_no_field_takes_is_kept_in_the_need(imports: Imports) -> None:
    header = ("场景名称", "应用需求", "建设单位", "拟投资", "完成时限", "应用区域")
    report = await imports.read(files.table(header, ("甲", "需求", "某某医院", "分期支付", "2099年6月底前", "某街道")))
    [row] = await imports.rows(report)
    assert row["content"]["need"].split("\n") == ["需求", "需求单位：某某医院", "预算：分期支付", "应用区域：某街道"]
    assert row["content"]["clauses"] == [{"kind": "delivery", "text": "完成时限：2099年6月底前"}]


async def test_phone_numbers_and_names_in_public_columns_become_the_private_contact(imports: Imports) -> None:
    header = ("场景名称", "应用需求", "对接方式")
    said = "线上提交方案，联系人：王小明，电话：0532-88880000，邮箱wang@example.com"
    report = await imports.read(files.table(header, ("甲", "支持电话报警，热线400-000-0000 转接", said)))
    [row] = await imports.rows(report)
    assert row["content"]["docking"] == "线上提交方案"
    assert row["content"]["need"] == "支持电话报警，热线 转接"
    assert row["content"]["contact"] == {"name": "王小明", "phone": "400-000-0000", "email": "wang@example.com"}
    assert {remark["level"] for remark in row["remarks"]} == {"note"}


@pytest.mark.parametrize("name", files.FILES)
async def test_every_messy_file_becomes_drafts(imports: Imports, name: str) -> None:
    report = await imports.committed(files.FILES[name](), "good")
    assert report["state"] == "committed"
    assert report["committed_count"] == report["good_count"] + report["warned_count"]
    # Deadlines of 2026 have passed by now or will; what they say was read.
    read = report["committed_count"] + report["bad_count"]
    assert read == len(await imports.rows(report)) > 0
    titles = {draft["title"] for draft in await imports.drafts()}
    assert len(titles) == report["committed_count"]


async def test_the_empty_template_reads_without_a_remark_once_filled(
    imports: Imports, settings: CatalogSettings
) -> None:

    reply = await imports.catalog.get("/v1/imports/template")
    assert reply.status_code == 200
    book = load_workbook(BytesIO(reply.content))
    sheet = book.active
    assert sheet is not None
    fields = [cell.value for cell in sheet[2]]
    assert set(fields) == set(FILLED)
    for at, name in enumerate(fields, start=1):
        sheet.cell(4, at).value = FILLED[str(name)]
    kept = BytesIO()
    book.save(kept)
    report = await imports.read(kept.getvalue())
    assert report["sheets"][0]["unknown_columns"] == []
    [row] = await imports.rows(report)
    assert (row["state"], row["remarks"]) == ("good", [])
    assert len(row["content"]["clauses"]) == 6


async def test_the_empty_template_itself_has_no_rows(imports: Imports, settings: CatalogSettings) -> None:
    report = await imports.read(template(imports.worker._noun, settings.platform.tracks))
    assert (report["row_count"], report["state"]) == (0, "read")


async def test_a_file_that_cannot_be_read_says_why_when_it_was_tried(imports: Imports) -> None:
    report = await imports.read(files.by_openpyxl()[:3000])
    assert report["state"] == "refused"
    assert "damaged" in report["refusal"]["detail"]
    assert (await imports.commit(report)).status_code == 409


async def test_a_file_without_a_table_says_which_columns_would_make_one(imports: Imports) -> None:
    report = await imports.read(files.table(("甲", "乙"), ("1", "2")))
    assert "场景名称" in report["refusal"]["detail"]


async def test_a_large_file_is_refused_at_the_door(imports: Imports) -> None:
    reply = await imports.send(b"x" * (20 * MIB + 1))
    assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too_large")
    assert "20 MiB" in reply.json()["detail"]


async def test_other_bodies_keep_their_own_limit(imports: Imports) -> None:
    reply = await imports.catalog.post("/v1/demands", content(need="x" * 3 * MIB))
    assert (reply.status_code, "2 MiB" in reply.json()["detail"]) == (413, True)


async def test_only_who_may_ask_for_a_kind_may_import_it(imports: Imports) -> None:
    firm = imports.catalog.token("91110000802100433B", "企业", "enterprise")
    assert (await imports.send(files.by_openpyxl(), as_=firm)).status_code == 403
    assert (await imports.send(files.by_openpyxl(), as_=firm, kind="challenge")).status_code == 202
    wrong = await imports.send(files.by_openpyxl(), kind="scenery")
    assert wrong.json()["errors"][0]["parameter"] == "kind"


async def test_rows_of_a_kind_that_a_colleague_may_not_ask_for_stay_out(imports: Imports) -> None:
    both = imports.catalog.token(PORT, "青岛港（示例）", "publisher", "enterprise")
    rows = [("场景甲", "需求", "应用场景"), ("攻关乙", "需求", "揭榜攻关")]
    sent = await imports.send(files.table(("场景名称", "应用需求", "需求类别"), *rows), as_=both, kind="challenge")
    await imports.work()
    where = sent.headers["location"]
    colleague = imports.catalog.token(PORT, "青岛港（示例）", "enterprise")
    assert (await imports.catalog.post(f"{where}/commit", {"rows": "all"}, as_=colleague)).status_code == 202
    await imports.work()
    report = await imports.report(where)
    counts = (report["good_count"], report["bad_count"], report["committed_count"])
    assert (report["state"], counts) == ("committed", (1, 1, 1))
    [bad] = await imports.rows(report, state="bad")
    assert "may not ask for this kind" in bad["remarks"][0]["detail"]


async def test_who_speaks_for_no_organisation_there_can_be_is_refused_at_the_door(imports: Imports) -> None:
    nobody = imports.catalog.token("91110000802100433X", "无此单位", "publisher")
    assert (await imports.send(files.by_openpyxl(), as_=nobody)).status_code == 403


async def test_nothing_is_taken_in_from_who_shows_no_token(imports: Imports) -> None:
    pieces = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal pieces
        for _ in range(20):
            pieces += 1
            yield bytes(MIB)

    reply = await imports.catalog.http.post("/v1/imports", content=body(), headers=OCTETS)
    assert (reply.status_code, pieces) == (401, 0)


async def test_a_slow_sender_keeps_nobody_from_the_database(
    imports: Imports, settings: CatalogSettings, issuer: TokenIssuer
) -> None:
    arrived, goes_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield files.by_openpyxl()
        arrived.set()
        await goes_on.wait()

    async with running(settings.model_copy(update={"database_pool": 2}), issuer) as catalog:
        headers = {**catalog.port, **OCTETS, "Idempotency-Key": "slow"}
        sending = asyncio.create_task(catalog.http.post("/v1/imports", content=slow(), headers=headers))
        await asyncio.wait_for(arrived.wait(), 5)
        assert await catalog.a_draft()
        goes_on.set()
        assert (await asyncio.wait_for(sending, 5)).status_code == 202


async def test_other_forms_are_told_which_types_are_taken(imports: Imports) -> None:
    reply = await imports.catalog.http.post("/v1/imports", data={"file": "x"}, headers=imports.catalog.port)
    assert (reply.status_code, "application/octet-stream" in reply.json()["detail"]) == (415, True)


async def test_another_organisation_sees_nothing_of_an_import(imports: Imports) -> None:
    report = await imports.read(files.table(HEADER, GOOD))
    for path in (f"/v1/imports/{report['id']}", f"/v1/imports/{report['id']}/rows"):
        assert (await imports.catalog.get(path, as_=imports.catalog.rival)).status_code == 404
    listed = await imports.catalog.get("/v1/imports", as_=imports.catalog.rival)
    assert listed.json()["items"] == []
    assert len((await imports.catalog.get("/v1/imports", as_=imports.catalog.port)).json()["items"]) == 1


async def test_rows_come_in_pages(imports: Imports) -> None:
    rows = [(f"场景{at}", "需求") for at in range(5)]
    report = await imports.read(files.table(("场景名称", "应用需求"), *rows))
    path, numbers = f"/v1/imports/{report['id']}/rows?limit=2", []
    while path:
        reply = await imports.catalog.get(path, as_=imports.catalog.port)
        numbers += [row["number"] for row in reply.json()["items"]]
        path = reply.links["next"]["url"] if "next" in reply.links else ""
    assert numbers == [1, 2, 3, 4, 5]
