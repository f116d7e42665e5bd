"""Files that belong to a demand: which are taken, where they are kept, and who reads them."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from catalog.settings import CatalogSettings
from deploy.embedded.tokens import TokenIssuer
from tests.integration.catalog.service_under_test import CatalogUnderTest, Headers, running

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 3000
MEGABYTE = 2**20


@pytest.fixture(params=["database", "folder"])
async def storing(
    request: pytest.FixtureRequest, settings: CatalogSettings, issuer: TokenIssuer, tmp_path: Path
) -> AsyncIterator[CatalogUnderTest]:
    """A catalog with either store, which takes files of up to 2 MiB."""
    folder = tmp_path / "files" if request.param == "folder" else None
    changed = settings.model_copy(update={"attachments_folder": folder, "attachment_mb": 2.0})
    async with running(changed, issuer) as under_test:
        yield under_test


async def attach(
    catalog: CatalogUnderTest, where: str, name: str = "技术要求.pdf", content: bytes = PDF, **how: str
) -> httpx.Response:
    headers = {**catalog.port, "Content-Type": how.get("media_type", "application/pdf")}
    if "if_match" in how:
        headers["If-Match"] = how["if_match"]
    return await catalog.http.put(f"{where}/attachments/{name}", content=content, headers=headers)


def tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()}"'


async def test_a_file_comes_back_as_it_was_attached(storing: CatalogUnderTest) -> None:
    where = await storing.a_published_demand()
    attached = await attach(storing, where)
    assert attached.status_code == 200, attached.text
    digest = hashlib.sha256(PDF).hexdigest()
    assert (attached.json()["sha256"], attached.json()["size_bytes"]) == (digest, len(PDF))
    [listed] = (await storing.get(f"{where}/attachments")).json()["items"]
    assert listed == attached.json()
    read = await storing.get(f"{where}/attachments/技术要求.pdf")
    assert (read.status_code, read.content, read.headers["etag"]) == (200, PDF, f'"{digest}"')
    assert read.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E6%8A%80%E6%9C%AF%E8%A6%81%E6%B1%82.pdf"
    )
    assert read.headers["x-content-type-options"] == "nosniff"
    known = await storing.http.get(f"{where}/attachments/技术要求.pdf", headers={"If-None-Match": f'"{digest}"'})
    assert (known.status_code, known.content) == (304, b"")


async def test_a_file_is_replaced_removed_and_attached_again(storing: CatalogUnderTest) -> None:
    where, other = await storing.a_published_demand(), PDF + b"changed"
    replies = [await attach(storing, where, content=content, if_match=tag(PDF)) for content in (PDF, PDF, other)]
    assert [reply.json()["version"] for reply in replies] == [1, 1, 2]
    assert replies[-1].headers["etag"] == tag(other)
    path = f"{where}/attachments/技术要求.pdf"
    assert (await storing.get(path)).content == other
    for _ in range(2):
        headers = {**storing.port, "If-Match": tag(other)}
        assert (await storing.http.delete(path, headers=headers)).status_code == 204
    assert (await storing.get(path)).status_code == 404
    assert (await storing.get(f"{where}/attachments")).json()["items"] == []
    assert (await attach(storing, where)).json()["version"] == 4
    told = [event.type for event in await storing.announced()][1:]
    assert told == ["catalog.attachment.attached"] * 2 + ["catalog.attachment.removed", "catalog.attachment.attached"]
    feed = (await storing.get("/v1/feed")).json()["items"]
    assert [change["change"] for change in feed if change["noun"] == "attachment"] == [
        "attached",
        "attached",
        "removed",
        "attached",
    ]


async def test_a_file_is_replaced_or_removed_only_by_who_read_it_as_it_is(catalog: CatalogUnderTest) -> None:
    where, other = await catalog.a_draft(), PDF + b"changed"
    path = f"{where}/attachments/技术要求.pdf"
    await attach(catalog, where)
    assert (await attach(catalog, where, content=other)).status_code == 428
    assert (await catalog.http.delete(path, headers=catalog.port)).status_code == 428
    both = await asyncio.gather(*(attach(catalog, where, content=PDF + end, if_match=tag(PDF)) for end in (b"1", b"2")))
    assert sorted(reply.status_code for reply in both) == [200, 412]
    stale = await catalog.http.delete(path, headers={**catalog.port, "If-Match": tag(PDF)})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale")
    assert (await attach(catalog, where, content=other, if_match="*")).status_code == 200


@pytest.mark.parametrize("steps", ["submit", "submit review", "submit publish close"])
async def test_files_stay_as_they_are_under_review_and_once_a_demand_is_closed(
    catalog: CatalogUnderTest, steps: str
) -> None:
    reviewer = catalog.token("91370200MA3CFXAB0D", "审核方（示例）", "reviewer")
    where = await catalog.a_draft()
    assert (await attach(catalog, where)).status_code == 200
    for step in steps.split():
        assert (await catalog.post(f"{where}/{step}", as_=reviewer if step == "review" else None)).status_code == 200
    headers = {**catalog.port, "If-Match": tag(PDF)}
    refused = [
        await attach(catalog, where, "b.pdf"),
        await attach(catalog, where, content=PDF + b"x", if_match=tag(PDF)),
        await catalog.http.delete(f"{where}/attachments/技术要求.pdf", headers=headers),
    ]
    assert [(reply.status_code, reply.json()["type"]) for reply in refused] == [(409, "/problems/not_allowed_now")] * 3
    assert (await attach(catalog, where)).status_code == 200, "the same again changes nothing"


async def test_what_was_attached_before_is_told_of_with_the_publication(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    for name in ("a.pdf", "b.pdf", "gone.pdf"):
        await attach(catalog, where, name)
    await catalog.http.delete(f"{where}/attachments/gone.pdf", headers={**catalog.port, "If-Match": "*"})
    for step in ("submit", "publish"):
        assert (await catalog.post(f"{where}/{step}")).status_code == 200
    published, *files = await catalog.announced()
    assert published.type == "catalog.demand.published"
    assert [(file.type, file.data["attachment"]["name"]) for file in files] == [
        ("catalog.attachment.attached", "a.pdf"),
        ("catalog.attachment.attached", "b.pdf"),
    ]
    feed = (await catalog.get("/v1/feed")).json()["items"]
    assert [(change["noun"], change["snapshot"].get("name")) for change in feed] == [
        ("demand", None),
        ("attachment", "a.pdf"),
        ("attachment", "b.pdf"),
    ]


async def test_a_drafts_files_are_for_its_owner(storing: CatalogUnderTest) -> None:
    where = await storing.a_draft()
    assert (await attach(storing, where)).status_code == 200
    for path in (f"{where}/attachments", f"{where}/attachments/技术要求.pdf"):
        assert (await storing.get(path)).status_code == 404
        assert (await storing.get(path, as_=storing.port)).status_code == 200
    assert await storing.announced() == []


async def test_files_are_read_from_the_store_that_they_were_given_to(
    settings: CatalogSettings, issuer: TokenIssuer, tmp_path: Path
) -> None:
    stores = {"database.pdf": None, "folder.pdf": tmp_path / "files"}
    where = ""
    for name, folder in stores.items():
        async with running(settings.model_copy(update={"attachments_folder": folder}), issuer) as catalog:
            where = where or await catalog.a_draft()
            assert (await attach(catalog, where, name, PDF + name.encode())).status_code == 200
    async with running(settings.model_copy(update={"attachments_folder": tmp_path / "files"}), issuer) as catalog:
        for name in stores:
            path = f"{where}/attachments/{name}"
            assert (await catalog.get(path, as_=catalog.port)).content == PDF + name.encode()
            assert (await attach(catalog, where, name, PDF, if_match="*")).status_code == 200
            assert (await catalog.http.delete(path, headers={**catalog.port, "If-Match": "*"})).status_code == 204
        async with catalog.database.begin() as session:
            assert await session.scalar(text("SELECT count(*) FROM pg_largeobject_metadata")) == 0
            await session.execute(text("UPDATE attachments SET place = repeat('a', 64), state = 'attached'"))
    async with running(settings, issuer) as catalog:
        reply = await catalog.get(f"{where}/attachments/folder.pdf", as_=catalog.port)
        assert (reply.status_code, "CATALOG_ATTACHMENTS_FOLDER" in reply.json()["detail"]) == (503, True)


@pytest.mark.parametrize("stranger", ["rival", "nobody"])
async def test_only_the_owner_attaches_and_removes(catalog: CatalogUnderTest, stranger: str) -> None:
    where = await catalog.a_published_demand()
    await attach(catalog, where)
    headers: Headers = {**catalog.rival} if stranger == "rival" else {}
    path, status = f"{where}/attachments/技术要求.pdf", 404 if stranger == "rival" else 401
    typed = {**headers, "Content-Type": "application/pdf"}
    assert (await catalog.http.put(path, content=PDF + b"x", headers=typed)).status_code == status
    assert (await catalog.http.delete(path, headers=headers)).status_code == status
    assert (await catalog.get(path)).content == PDF


@pytest.mark.parametrize(
    ("name", "media_type", "content", "status"),
    [
        ("a.exe", "application/octet-stream", PDF, 415),
        ("a.html", "text/html", b"<script>alert(1)</script>", 415),
        ("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", 415),
        ("a.pdf", "text/plain", PDF, 415),
        ("a.pdf", "application/pdf", b"MZ\x90\x00", 415),
        ("a.txt", "text/plain", b"zero \0 byte", 415),
        ("a.pdf", "application/pdf", b"", 422),
        (".pdf", "application/pdf", PDF, 422),
        ("a%00.pdf", "application/pdf", PDF, 422),
        ("a%E2%80%AEfdp.pdf", "application/pdf", PDF, 422),
        (f"{'长' * 200}.pdf", "application/pdf", PDF, 422),
    ],
)
async def test_what_is_no_document_is_refused(
    catalog: CatalogUnderTest, name: str, media_type: str, content: bytes, status: int
) -> None:
    where = await catalog.a_draft()
    reply = await attach(catalog, where, name, content, media_type=media_type)
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert (await catalog.get(f"{where}/attachments", as_=catalog.port)).json()["items"] == []


async def test_too_large_a_file_is_refused_before_it_is_stored(storing: CatalogUnderTest) -> None:
    where = await storing.a_draft()

    async def endless() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(64):
            yield bytes(MEGABYTE)

    headers = {**storing.port, "Content-Type": "application/pdf"}
    for content in (PDF + bytes(2 * MEGABYTE), endless()):
        reply = await storing.http.put(f"{where}/attachments/a.pdf", content=content, headers=headers)
        assert (reply.status_code, reply.json()["type"]) == (413, "/problems/too_large")
    async with storing.database.begin() as session:
        assert await session.scalar(text("SELECT count(*) FROM pg_largeobject_metadata")) == 0


async def test_a_demand_has_twenty_files_at_most(catalog: CatalogUnderTest) -> None:
    where = await catalog.a_draft()
    replies = [await attach(catalog, where, f"{number}.pdf", b"%PDF-1") for number in range(21)]
    assert [reply.status_code for reply in replies] == [200] * 20 + [409]


async def test_a_large_file_takes_little_memory(settings: CatalogSettings, issuer: TokenIssuer) -> None:
    async with running(settings.model_copy(update={"attachment_mb": 100.0}), issuer) as catalog:
        where = await catalog.a_published_demand()

        async def pieces() -> AsyncIterator[bytes]:
            yield b"%PDF-1.7\n"
            for _ in range(40):
                yield bytes(MEGABYTE)

        headers = {**catalog.port, "Content-Type": "application/pdf"}
        tracemalloc.start()
        try:
            reply = await catalog.http.put(f"{where}/attachments/a.pdf", content=pieces(), headers=headers)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (reply.status_code, reply.json()["size_bytes"]) == (200, 40 * MEGABYTE + 9)
        assert peak < 12 * MEGABYTE, "in pieces, not whole"
