"""Looks for marks in all that a running stack stores, writes and says."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import asyncpg
import httpx

from tests.support.stack import LiveStack

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_COLUMNS = 'SELECT DISTINCT c.key FROM "{}" t, jsonb_each_text(to_jsonb(t)) c WHERE c.value LIKE ANY($1)'


async def places(stack: LiveStack, marks: Sequence[str]) -> set[str]:
    """Where one of the marks stands: `catalog demands.contact`, `broker`, `log of matcher-work`, `metrics of …`."""
    found = {
        f"{service} {column}" for service in stack.plan.services for column in await columns(stack, service, marks)
    }
    if any(_is_in(path, marks) for path in _files(stack.home / "nats")):
        found.add("broker")
    found |= {f"log of {path.stem}" for path in _files(stack.plan.logs) if _is_in(path, marks)}
    async with httpx.AsyncClient() as client:
        for process in stack.processes:
            said = (await client.get(stack.health_url(process, "/metrics"))).text
            found |= {f"metrics of {process}"} if any(mark in said for mark in marks) else set()
    return found


async def columns(stack: LiveStack, service: str, marks: Sequence[str]) -> set[str]:
    """`table.column` of a service's database, JSON and bytes looked through too."""
    wanted = [f"%{form}%" for mark in marks for form in (mark, json.dumps(mark)[1:-1], mark.encode().hex())]
    connection = await asyncpg.connect(stack.database_url(service))
    try:
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        return {
            f"{table}.{row[0]}" for table in tables for row in await connection.fetch(_COLUMNS.format(table), wanted)
        }
    finally:
        await connection.close()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _is_in(path: Path, marks: Sequence[str]) -> bool:
    content = path.read_bytes()
    return any(mark.encode() in content for mark in marks)
