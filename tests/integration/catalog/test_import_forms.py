"""Files sent in a form, as browsers and `curl -F` send them."""

import pytest
from httpx import Response

from catalog.settings import CatalogSettings
from common.sheets.refusals import MIB
from tests.integration.catalog.imports import Imports
from tests.integration.catalog.service_under_test import CatalogUnderTest
from tests.support import messy_files as files

Part = tuple[str, tuple[str | None, bytes]]
"""A field of a form: its name, and its file's name and content."""
CONTENT = files.table(("场景名称", "应用需求"), ("箱体残损识别", "不停车识别箱体破洞"))


@pytest.fixture
def imports(catalog: CatalogUnderTest, settings: CatalogSettings) -> Imports:
    return Imports(catalog, settings)


async def form(imports: Imports, *parts: Part, key: str = "", **params: str) -> Response:
    headers = imports.catalog.port | ({"Idempotency-Key": key} if key else {})
    return await imports.catalog.http.post("/v1/imports", files=list(parts), params=params, headers=headers)


def part(content: bytes, field: str = "file", name: str | None = "港区清单.xlsx") -> Part:
    return (field, (name, content))


async def test_a_form_with_a_file_is_the_file(imports: Imports) -> None:
    sent = await form(imports, part(CONTENT), kind="scenario")
    assert (sent.status_code, sent.json()["file_name"]) == (202, "港区清单.xlsx")
    await imports.work()
    assert (await imports.report(sent.headers["location"]))["good_count"] == 1
    assert (await imports.send(CONTENT)).json()["id"] == sent.json()["id"]


async def test_a_form_sent_again_under_its_key_gets_the_first_reply(imports: Imports) -> None:
    first, again = [await form(imports, part(CONTENT), key="one") for _ in range(2)]
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (202, first.json(), "true")
    assert (await form(imports, part(CONTENT + b" "), key="one")).status_code == 422


WRONG: dict[str, tuple[list[Part], str, str]] = {
    "no file": ([part(b"x", name=None)], "#/file", "one file"),
    "two files": ([part(b"x"), part(b"y")], "#/file", "one file"),
    "eleven files": ([part(b"x")] * 11, "#", "cannot be read"),
    "another field": ([part(b"x", "list")], "#/list", "as file"),
    "a field beside": ([part(b"x"), part(b"scenario", "kind", None)], "#/kind", "query parameters"),
    "a name too long": ([part(b"x", name="x" * 301)], "#/file", "300 characters"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_form_that_is_not_one_file_is_told_what_would_be(imports: Imports, what: str) -> None:
    parts, pointer, hint = WRONG[what]
    reply = await form(imports, *parts)
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    [fault] = reply.json()["errors"]
    assert (fault.get("pointer", "#"), hint in fault["detail"]) == (pointer, True)


BROKEN = {
    "no boundary": ("multipart/form-data", b"x"),
    "another boundary": ("multipart/form-data; boundary=a", b"--b\r\n\r\nx\r\n--b--"),
    "cut off": (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx',
    ),
    "empty": ("multipart/form-data; boundary=a", b"--a--\r\n"),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_form_that_cannot_be_read_says_how_to_send_one(imports: Imports, what: str) -> None:
    kind, body = BROKEN[what]
    headers = imports.catalog.port | {"Content-Type": kind}
    reply = await imports.catalog.http.post("/v1/imports", content=body, headers=headers)
    assert (reply.status_code, "curl -F file=@" in reply.json()["detail"]) == (422, True)


async def test_a_form_may_have_as_large_a_file_as_a_body_and_no_larger(imports: Imports) -> None:
    most = 20 * MIB
    assert (await form(imports, part(bytes(most)))).status_code == 202
    reply = await form(imports, part(bytes(most + 1)))
    assert (reply.status_code, "20 MiB" in reply.json()["detail"]) == (413, True)
    assert (await form(imports, part(bytes(most + MIB)))).status_code == 413


async def test_an_empty_file_in_a_form_is_refused(imports: Imports) -> None:
    reply = await form(imports, part(b""))
    assert (reply.status_code, reply.json()["type"]) == (422, "/problems/unreadable_file")
