"""What goes wrong inside is told to nobody outside."""

from pathlib import Path

import httpx

from common.permissions.table import Permission, PermissionScope, PermissionTable, of_process
from common.routing import GuardedRouter
from common.settings import ServiceSettings
from common.web import Api, build_app

SECRET = "postgresql://catalog:hunter2@10.0.0.5/catalog"


async def test_a_crash_tells_nothing_of_its_cause() -> None:
    router = GuardedRouter()

    @router.get("/crash")
    async def crash() -> None:
        raise RuntimeError(SECRET)

    row = Permission("notes", "crash", None, PermissionScope.PUBLIC)
    api = Api([router], PermissionTable([*of_process().rows.values(), row], Path(__file__)))
    app = build_app("ledger", ServiceSettings(database_url="postgresql+asyncpg://none/none"), api, description="")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
        reply = await client.get("/crash")
    assert (reply.status_code, reply.json()["type"]) == (500, "/problems/internal")
    assert not any(word in reply.text for word in (SECRET, "hunter2", "RuntimeError", "Traceback", __file__))
