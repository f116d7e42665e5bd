"""Bodies: spreadsheets as large as the catalog takes, everything else small, and a page for what is refused."""

import asyncio
from typing import Any

import pytest

from portal import sessions
from tests.unit.portal.lent import LentPortal

KIB, MIB = 2**10, 2**20


def lent(**settings: Any) -> LentPortal:
    return LentPortal({"catalog.create_import": {"id": "1"}}, "publisher", body_limit_bytes=KIB, **settings)


def upload(portal: LentPortal, size: int) -> Any:
    fields = {"kind": "scenario", "proof": sessions.form_proof(portal.session.key)}
    return portal.browser.post("/imports", data=fields, files={"file": ("a.csv", b"x" * size)})


@pytest.mark.parametrize("size", [10 * KIB, MIB])
def test_a_spreadsheet_may_be_as_large_as_the_catalog_takes(size: int) -> None:
    portal = lent(import_limit_mb=1)
    assert upload(portal, size).headers["location"] == "/imports/1"
    assert portal.apis.sent("catalog.create_import") == [b"x" * size]


def test_what_is_too_large_is_refused_by_a_page() -> None:
    portal = lent(import_limit_mb=1)
    for reply in (upload(portal, 2 * MIB), portal.post("/logout", said="x" * 2 * KIB)):
        assert (reply.status_code, "<h1>内容太大</h1>" in reply.text) == (413, True)
        assert "Content-Security-Policy" in reply.headers


@pytest.mark.parametrize("path", ["/imports", "/logout"])
def test_a_body_that_does_not_come_is_not_waited_for(path: str) -> None:
    portal = lent(body_timeout_s=0.01)
    cookie = f"{sessions.COOKIE}={portal.browser.cookies[sessions.COOKIE]}"
    kind = (b"content-type", b"multipart/form-data; boundary=x")
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), kind]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "scheme": "http", "server": ("testserver", 80), "http_version": "1.1", "app": portal.app,
    }  # fmt: skip
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.Event().wait()

    async def keep(message: Any) -> None:
        sent.append(message)

    asyncio.run(asyncio.wait_for(portal.app(scope, never, keep), 5))
    assert sent[0]["status"] == 408
    assert "上传超时" in b"".join(each.get("body", b"") for each in sent[1:]).decode()
