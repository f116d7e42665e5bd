"""The auditor's page: a ranking is computed again from its receipt, the digest of a list again from its export."""

import hashlib
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from portal.api import Call, Json
from portal.public.pages import MOST
from portal.visits import AuditorDep, FormDep, Visit, text, together
from portal.work.nouns import nouns

router = APIRouter(include_in_schema=False)
SEALED = ("published", "superseded")


@router.get("/audit")
async def audit(visit: AuditorDep, ranking: str = "", list: str = "", noun: str = "", id: str = "") -> Response:
    """What is named is looked up: a receipt, a list whose digest is taken again, or what was done to one thing."""
    if id and noun in nouns():
        return visit.to(f"/work/{noun}/{named(id)}")
    receipt, digest = await together(_receipt(visit, named(ranking)), _digest(visit, list))
    return await _page(visit, ranking=named(ranking), receipt=receipt, digest=digest)


async def _page(visit: Visit, **found: Any) -> Response:
    pages = await together(
        *(visit.items("catalog.list_lists", Call(query={"state": state, "limit": MOST})) for state in SEALED)
    )
    shown: dict[str, Any] = {"ranking": "", "receipt": None, "replay": None, "digest": None} | found
    return visit.page(
        "oversight/audit.html", lists=[each for page in pages for each in page], nouns=nouns().values(), **shown
    )


async def _receipt(visit: Visit, ranking: str) -> Json | None:
    return await visit.ask("matcher.read_ranking", Call({"ranking_id": ranking})) if ranking else None


async def _digest(visit: Visit, list_id: str) -> Json | None:
    """Of a list: the digest that it says, and the one of the bytes that it is exported as."""
    if not list_id:
        return None
    at = {"list_id": list_id}
    found, export = await together(
        visit.ask("catalog.read_list", Call(at)), visit.reply("catalog.read_list_export", Call(at, {"format": "json"}))
    )
    computed = hashlib.sha256(export.content).hexdigest()
    return {"list": found, "computed": computed, "is_same": computed == found["digest"]}


@router.post("/audit/replay")
async def replay(visit: AuditorDep, form: FormDep) -> Response:
    ranking = named(text(form, "ranking"))
    at = {"ranking_id": ranking}
    receipt, again = await together(_receipt(visit, ranking), visit.ask("matcher.replay_ranking", Call(at)))
    return await _page(visit, ranking=ranking, receipt=receipt, replay=again)


def named(said: str) -> str:
    """The id of what somebody gave the id or the address of."""
    return said.strip().rstrip("/").rpartition("/")[2]
