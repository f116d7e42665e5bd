"""Spreadsheets of demands: sent, read cell by cell, mended and sent again, or made into drafts."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from portal.api import Call
from portal.public.pages import KINDS, MOST
from portal.visits import AgencyDep, FormDep, text, together

router = APIRouter(include_in_schema=False)
FILE = "application/octet-stream"
READ = "read"
"""A file's state once its report is there."""


@router.get("/imports")
async def imports(visit: AgencyDep) -> Response:
    found = await visit.items("catalog.list_imports", Call(query={"limit": MOST}))
    return visit.page("agency/imports.html", imports=found, kinds=KINDS, fault="")


@router.post("/imports")
async def send(visit: AgencyDep, form: FormDep) -> Response:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        found = await visit.items("catalog.list_imports", Call(query={"limit": MOST}))
        return visit.page("agency/imports.html", 422, imports=found, kinds=KINDS, fault=visit.say("import.no_file"))
    query = {"kind": text(form, "kind"), "name": file.filename}
    begun = await visit.ask("catalog.create_import", Call(query=query, body=await file.read(), media_type=FILE))
    return visit.to(f"/imports/{begun['id']}")


@router.get("/imports/{import_id}")
async def report(visit: AgencyDep, import_id: str) -> Response:
    """What was found in each cell, errors apart from warnings."""
    at = {"import_id": import_id}
    found = await visit.ask("catalog.read_import", Call(at))
    bad, warned, good = await together(
        *(
            visit.items("catalog.list_import_rows", Call(at, {"state": state, "limit": MOST}))
            for state in ("bad", "warned", "good")
        )
    )
    return visit.page(
        "agency/import.html", found=found, bad=bad, warned=warned, good=good, is_read=found["state"] == READ
    )


@router.post("/imports/{import_id}/commit")
async def commit(visit: AgencyDep, form: FormDep, import_id: str) -> Response:
    query_body = {"rows": text(form, "rows") or "all"}
    await visit.ask("catalog.commit_import", Call({"import_id": import_id}, body=query_body))
    return visit.to(f"/imports/{import_id}")
