"""Texts that break out of where they are put: in text fields, queries, paths and headers, and in what is handed out."""

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from sqlalchemy import text as sql

from common.roles import Role
from tests.attack.bodies import Bodies, Pointer, texts, with_text
from tests.attack.city import City
from tests.attack.extent import IS_FULL, extent, tell
from tests.integration.catalog.listed import Listed
from tests.integration.catalog.service_under_test import Headers
from tests.integration.catalog.solicited import code

SQL = (
    "'; DROP TABLE demands; --",
    "' OR '1'='1",
    '" OR ""="',
    "1); SELECT pg_sleep(9); --",
    "\\'; --",
    "%' AND 1=0 --",
)
FORMATS = ("{0.__class__}", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "%s%n", "<!--#exec cmd='id'-->")
PATHS = (
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "/etc/passwd",
    "C:\\windows\\win.ini",
    "file:///etc/passwd",
)
SCRIPTS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)")
LINES = ("甲\r\nSet-Cookie: a=b", "甲\nX-Injected: 1", "甲\u2028乙", "甲\x85乙")
UNSOUND = (
    "甲\x00乙",
    "\ud800",
    "\u202e甲",
    "\ufeff",
    "甲" * 30_000,
    "\x1b[31m甲",
    "e\u0301" * 500,
    "\U0001f468\u200d\U0001f469",
)
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://127.0.0.1/","甲")')
ALL = (*SQL, *FORMATS, *PATHS, *SCRIPTS, *LINES, *UNSOUND, *FORMULAS)


@pytest.fixture
def anybody(city: City) -> Headers:
    """With every role: nothing of it is refused for want of one."""
    return city.catalog.token(code(99), "样样都行（示例）", *Role)


def told(reply: Any, where: str) -> list[str]:
    """What is wrong with an answer to a hostile text."""
    faults = []
    if reply.status_code >= 500:
        faults.append(f"{where}: {reply.status_code}")
    if "set-cookie" in reply.headers or "x-injected" in reply.headers:
        faults.append(f"{where}: a header of the sender's")
    if any(word in reply.text for word in ("Traceback", "asyncpg", "sqlalchemy", "root:x:")):
        faults.append(f"{where}: tells of its insides")
    return faults


async def test_no_text_of_a_body_breaks_out(city: City, anybody: Headers, capsys: pytest.CaptureFixture[str]) -> None:
    """In bodies that were taken, by whom they were taken from, and in bodies with every field there is."""
    tried: Counter[str] = Counter()
    wrong: list[str] = []
    for number, (method, path, headers, body, place) in enumerate(places(city, anybody)):
        for text in chosen(number):
            sent = json.dumps(with_text(body, place, text)).encode()
            reply = await city.catalog.http.request(method, path, content=sent, headers=headers)
            tried[f"answered {reply.status_code}"] += 1
            wrong += told(reply, f"{method} {path} {place} {text[:20]!r}")
    assert wrong == []
    assert await demand_count(city) > 0
    tell(capsys, "texts in bodies", tried)


def places(city: City, anybody: Headers) -> Iterator[tuple[str, str, Headers, Any, Pointer]]:
    """Each text of each body."""
    for asked in city.asked[:: extent(3, 1)]:
        if asked.headers.get("content-type") == "application/json" and asked.content:
            body, headers = json.loads(asked.content), asked.headers | {"Authorization": asked.token}
            yield from ((asked.method, asked.path, headers, body, place) for place in texts(body))
    known, headers = Bodies(city.app.openapi()), anybody | {"Content-Type": "application/json", "If-Match": '"1"'}
    for operation in city.operations:
        body = known.whole(city.names[operation.method, operation.template])
        for path in city.addresses(operation.template, 1) if "{" in operation.template else (operation.template,):
            yield from ((operation.method, path, headers, body, place) for place in list(texts(body))[: extent(1, 99)])


def chosen(number: int) -> tuple[str, ...]:
    """All of them; where little is tried, one after the other."""
    return ALL if IS_FULL else (ALL[number % len(ALL)],)


async def demand_count(city: City) -> int:
    async with city.catalog.database.begin() as session:
        return int((await session.execute(sql("SELECT count(*) FROM demands"))).scalar_one())


async def test_no_query_path_or_header_breaks_out(
    city: City, anybody: Headers, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: Counter[str] = Counter()
    wrong: list[str] = []
    for number, (path, headers) in enumerate(requests(city, anybody)):
        for text in chosen(number):
            hostile = quote(text.encode("utf-8", "surrogatepass"), safe="")
            ascii_only = quote(text, safe=" '\"<>=()-;:/%{}", errors="ignore")
            named = dict.fromkeys(headers, ascii_only)
            reply = await city.catalog.http.get(path.replace("HOSTILE", hostile[:9000]), headers=anybody | named)
            tried[f"answered {reply.status_code}"] += 1
            wrong += told(reply, f"{path} {headers} {text[:20]!r}")
    assert wrong == []
    tell(capsys, "texts in addresses and headers", tried)


def requests(city: City, anybody: Headers) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Addresses with HOSTILE where a text goes, and the headers that hold one."""
    for operation in [each for each in city.operations if each.method == "GET"][:: extent(4, 1)]:
        addresses = list(city.addresses(operation.template, 1)) if "{" in operation.template else [operation.template]
        yield re.sub(r"\{[^}]*\}", "HOSTILE", operation.template), ()
        yield from ((f"{path}?{name}=HOSTILE", ()) for path in addresses for name in operation.parameters)
    for name in ("Accept-Language", "X-Correlation-Id", "traceparent", "If-None-Match", "Accept", "Range", "Cookie"):
        yield "/v1/demands", (name,)


async def test_what_looks_like_a_formula_is_handed_out_as_text(city: City) -> None:
    listed = Listed(city.catalog)
    await listed.begin(batch=2)
    demands = [await listed.demand(formula.strip()) for formula in FORMULAS]
    await listed.frozen(*demands)
    await listed.done("publish")
    sheet = load_workbook(io.BytesIO((await listed.export("xlsx")).content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).strip()[:1] in tuple("=+-@")]
    assert len(cells) >= len(FORMULAS)
    assert {cell.data_type for cell in cells} == {"s"}
