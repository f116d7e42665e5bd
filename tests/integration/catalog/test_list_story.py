"""A scenario list from its survey to a published edition and its correction, through HTTP."""

import hashlib
from uuid import UUID

import ocdsmerge

from catalog.settings import CatalogSettings
from tests.integration.catalog.imports import Imports
from tests.integration.catalog.listed import TERMS, Listed
from tests.integration.catalog.service_under_test import CatalogUnderTest, id_of
from tests.integration.catalog.solicited import audited
from tests.unit.catalog.lists.test_ocds import PACKAGE, RELEASE


async def test_from_the_survey_to_the_correction(catalog: CatalogUnderTest, settings: CatalogSettings) -> None:
    of = Listed(catalog)
    damage = await of.demand("箱体残损识别")
    truck = await of.demand("集卡定位")
    vision = await of.demand("质检视觉", as_=of.factory, domain="工业制造")
    first = await of.begin()

    # Agencies put their own demands forward; the editor takes two and says why not the third.
    proposals = {}
    for demand, agency in ((damage, of.port), (truck, of.port), (vision, of.factory)):
        reply = await of.propose(demand, as_=agency, level="high_end")
        assert reply.status_code == 201, reply.text
        proposals[demand] = reply.headers["location"]
    await of.done("draft")
    assert (await of.do("submit")).status_code == 409
    for demand in (vision, damage):
        taken = await catalog.post(f"{proposals[demand]}/take", {}, as_=of.editor)
        assert taken.json()["state"] == "taken", taken.text
    declined = await catalog.post(f"{proposals[truck]}/decline", {"reason": "下一批列入"}, as_=of.editor)
    assert declined.json()["state"] == "declined"
    told = (await catalog.get(proposals[truck], as_=of.port)).json()
    assert (told["state"], told["state_reason"]) == ("declined", "下一批列入")

    # One order, one review, one frozen document.
    await of.arranged(damage, vision)
    await of.done("submit")
    comments = {"comments": [{"field": "#/entries/0/level", "comment": "请说明为何属高端定制"}]}
    assert (await of.do("request-edits", comments, as_=of.reviewer)).status_code == 200
    assert (await of.read())["review_comments"][0]["field"] == "#/entries/0/level"
    await of.done("submit")
    frozen = await of.done("approve", as_=of.reviewer)
    assert (await catalog.get(first)).status_code == 404
    published = await of.done("publish")
    assert (published["state"], published["digest"]) == ("published", frozen["digest"])
    plain = await of.export("json")
    assert hashlib.sha256(plain.content).hexdigest() == published["digest"]
    assert [one["title"] for one in plain.json()["entries"]] == ["箱体残损识别", "质检视觉"]
    package = await of.exported("ocds")

    # What is published does not follow its demands; a correction takes the amended one in.
    amended = await catalog.post(
        f"/v1/demands/{damage}/amend", {"title": "箱体残损智能识别", "reason": "更名"}, as_=of.port, If_Match='"3"'
    )
    assert amended.status_code == 200, amended.text
    assert (await of.export("json")).content == plain.content
    again = {"demand_id": damage, "demand_version": amended.json()["version"]}
    corrected = await of.corrected("更正名称，增列一条", again, {"demand_id": truck, "level": "generic"})
    assert (corrected["edition"], corrected["supersedes"]) == (2, published["id"])

    former = (await catalog.get(first)).json()
    assert (former["state"], former["superseded_by"]) == ("superseded", corrected["id"])
    difference = (await catalog.get(f"{of.where}/difference")).json()
    assert [one["title"] for one in difference["added"]] == ["集卡定位"]
    assert [one["title"] for one in difference["removed"]] == ["质检视觉"]
    [changed] = difference["changed"]
    assert {one["pointer"]: one["after"] for one in changed["changes"]}["#/title"] == "箱体残损智能识别"

    await every_export_says_the_same(of, settings)
    await the_packages_compile(of, package)
    await everyone_heard_of_the_public_steps(of, [id_of(first), id_of(of.where)])


async def every_export_says_the_same(of: Listed, settings: CatalogSettings) -> None:
    titles = ["箱体残损智能识别", "集卡定位"]
    assert await of.titles_in_workbook() == titles
    assert [one["item"]["name"] for one in (await of.exported("jsonld"))["itemListElement"]] == titles
    imports = Imports(of.catalog, settings)
    for form in ("xlsx", "docx"):
        report = await imports.read((await of.export(form)).content)
        rows = await imports.rows(report)
        assert [row["content"]["title"] for row in rows] == titles
        warned = [one["detail"] for row in rows for one in row["remarks"] if one["level"] != "note"]
        assert [one for one in warned if "has the title of demand" not in one] == []


async def the_packages_compile(of: Listed, first: dict[str, object]) -> None:
    second = await of.exported("ocds")
    for package in (first, second):
        assert list(PACKAGE.iter_errors(package)) == []
    releases = [*first["releases"], *second["releases"]]  # type: ignore[misc]
    merger = ocdsmerge.Merger(RELEASE)
    found = {}
    for ocid in {one["ocid"] for one in releases}:
        tender = merger.create_compiled_release([one for one in releases if one["ocid"] == ocid])["tender"]
        found[tender["title"]] = tender["status"]
    assert found == {"箱体残损智能识别": "planned", "集卡定位": "planned", "质检视觉": "withdrawn"}
    tags = {one["tender"].get("title"): one["tag"] for one in second["releases"]}
    assert tags == {"箱体残损智能识别": ["planningUpdate"], "集卡定位": ["planning"], None: ["planningUpdate"]}


async def everyone_heard_of_the_public_steps(of: Listed, lists: list[UUID]) -> None:
    feed = [one for one in (await of.catalog.get("/v1/feed")).json()["items"] if one["noun"] == "list"]
    # The last two are of one moment.
    changes = [(one["change"], one["snapshot"]["edition"], one["reason"]) for one in feed]
    assert changes[0] == ("published", 1, None)
    assert {*changes[1:]} == {("superseded", 1, "更正名称，增列一条"), ("published", 2, None)}
    events = [one.data for one in await of.catalog.recorded() if one.type == "catalog.step.taken"]
    steps = [one["action"] for one in events if one["id"] == str(lists[1])]
    assert (
        steps == await audited(of.catalog, lists[1]) == ["create", "draft", "arrange", "submit", "approve", "publish"]
    )
    assert (await audited(of.catalog, lists[0]))[-3:] == ["approve", "publish", "supersede"]
    assert TERMS["title"] == feed[0]["snapshot"]["title"]
