"""Files of capability profiles: read into a report first, made into profiles when their organisation says so."""

from typing import Any

from common.imports.worker import Importing
from matcher.imports.noun import Profiles
from tests.integration.matcher.service_under_test import FIRM, House
from tests.support import messy_files as files

HEADER = ("企业名称", "解决方案名称", "企业与产品简介", "场景能力", "主要产品", "联系方式", "所属区市")
ITEMS = "①残损识别准确率97.6%；②响应30ms"
SUMMARY = "不停车识别箱体破洞、凹陷和锈蚀，已在两个闸口使用。"
FIRST = ("示例单位", "箱体残损识别系统", SUMMARY, ITEMS, "识别一体机", "王工 13800000000", "黄岛区")


async def imported(house: House, content: bytes, rows: str | None = None) -> dict[str, Any]:
    """The report of a file, committed when `rows` says which."""
    headers = {"Content-Type": "application/octet-stream"}
    sent = await house.client.post("/v1/imports", content=content, headers=headers)
    assert sent.status_code in {200, 202}, sent.text
    where = sent.headers["location"]
    await worked(house)
    if rows:
        reply = await house.client.post(f"{where}/commit", json={"rows": rows})
        assert reply.status_code == 202, reply.text
        await worked(house)
    report: dict[str, Any] = (await house.client.get(where)).json()
    report["rows"] = (await house.client.get(f"{where}/rows")).json()["items"]
    return report


async def worked(house: House) -> None:
    worker = Importing(house.database, Profiles(), house.settings, house.settings.platform.tracks)
    while await worker.step():
        pass


async def test_a_row_becomes_a_profile_without_its_contacts(house: House) -> None:
    report = await imported(house, files.table(HEADER, FIRST), "all")
    assert (report["state"], report["committed_count"]) == ("committed", 1)
    [row] = report["rows"]
    profile = (await house.client.get(f"/v1/profiles/{row['subject_id']}")).json()
    assert (profile["headline"], profile["division"]) == ("箱体残损识别系统", "370211")
    assert [item["title"] for item in profile["items"]] == ["残损识别准确率97.6%", "响应30ms"]
    assert profile["products"] == [{"name": "识别一体机", "text": None}]
    assert not any(private in str(profile) for private in ("13800000000", "王工"))


async def test_a_firm_over_several_rows_is_one_profile_with_all_that_they_say(house: House) -> None:
    header = ("公司名称", "企业与产品简介", "主要产品", "可应用落地场景")
    rows = [
        ("示例科技", "做识别的企业。", "一体机", "闸口识别"),
        (None, None, "云平台", "堆场识别"),
        ("另一家", "做定位。", "定位盒", "集卡定位"),
    ]
    report = await imported(house, files.table(header, *rows, merged=["A2:A3", "B2:B3"]))
    found = [(row["place"], row["content"]["headline"]) for row in report["rows"]]
    assert found == [("清单!2", "闸口识别"), ("清单!4", "集卡定位")]
    assert report["rows"][0]["content"]["products"] == [{"name": "一体机"}, {"name": "云平台"}]
    # The token speaks for neither firm: both rows say so, and no name goes into what is ranked.
    assert {row["state"] for row in report["rows"]} == {"warned"}
    assert "示例科技" not in str(report["rows"][0]["content"])


async def test_what_repeats_a_profile_is_told_and_never_doubled(house: House) -> None:
    await imported(house, files.table(HEADER, FIRST), "all")
    alike = (*FIRST[:2], FIRST[2] + "支持夜间。", *FIRST[3:])
    report = await imported(house, files.table(HEADER, FIRST, alike), "good")
    assert [row["state"] for row in report["rows"]] == ["same", "warned"]
    assert report["committed_count"] == 1


async def test_only_enterprises_import_profiles(house: House) -> None:
    headers = {**house.token(FIRM, "publisher"), "Content-Type": "text/csv"}
    reply = await house.client.post("/v1/imports", content=files.by_openpyxl(), headers=headers)
    assert reply.status_code == 403


async def test_the_template_is_for_anybody(house: House) -> None:
    reply = await house.client.get("/v1/imports/template")
    assert reply.content.startswith(b"PK")


async def test_a_form_with_a_file_is_the_file(house: House) -> None:
    sent = await house.client.post("/v1/imports", files={"file": ("画像.xlsx", files.table(HEADER, FIRST))})
    assert (sent.status_code, sent.json()["file_name"]) == (202, "画像.xlsx")
    await worked(house)
    assert (await house.client.get(sent.headers["location"])).json()["good_count"] == 1
