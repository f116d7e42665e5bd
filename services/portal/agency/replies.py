"""All questions that wait for answers, answered on one page from templates, and released together."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from portal.api import ApiDown, ApiRefused, Call, Json
from portal.forms import TICKED
from portal.public.pages import MOST
from portal.visits import AgencyDep, FormDep, Visit, text, together

router = APIRouter(include_in_schema=False)
TEMPLATES = "reply"
"""The group of the catalogues with answers that fit many questions."""


async def waiting(visit: Visit) -> list[tuple[Json, Json]]:
    """Each question that nobody has answered yet, with its demand; the oldest first."""
    mine = await visit.every("catalog.list_demands", Call(query={"mine": True, "state": "published", "limit": MOST}))
    pages = await together(
        *(visit.items("catalog.list_questions", Call({"demand_id": each["id"]}, {"limit": MOST})) for each in mine)
    )
    found = [(demand, each) for demand, page in zip(mine, pages, strict=True) for each in page]
    return sorted(((demand, each) for demand, each in found if each["state"] == "asked"), key=_asked_at)


def _asked_at(both: tuple[Json, Json]) -> str:
    return str(both[1]["created_at"])


@router.get("/mine/answers")
async def answers(visit: AgencyDep, released: int = 0) -> Response:
    return await _shown(visit, {}, {}, released=released)


async def _shown(visit: Visit, written: Mapping[str, str], faults: Mapping[str, str], *, released: int = 0) -> Response:
    """`written` and `faults` by the ids of questions."""
    return visit.page(
        "agency/answers.html",
        422 if faults else 200,
        waiting=await waiting(visit),
        templates=visit.say.options(TEMPLATES),
        written=written,
        faults=faults,
        released=released,
    )


@router.post("/mine/answers")
async def answer(visit: AgencyDep, form: FormDep) -> Response:
    """A template written into what is ticked; or every answer that is written, released at once."""
    asked = await waiting(visit)
    written = {each["id"]: text(form, f"text-{each['id']}") for _, each in asked}
    if "fill" in form:
        return await _shown(visit, filled(form, written, visit.say(f"{TEMPLATES}.{_template(visit, form)}")), {})
    ready = [(demand, each) for demand, each in asked if written[each["id"]]]
    refusals = await together(*(_release(visit, demand, each, written[each["id"]]) for demand, each in ready))
    faults = {each["id"]: said for (_, each), said in zip(ready, refusals, strict=True) if said}
    if faults:
        return await _shown(visit, written, faults, released=len(ready) - len(faults))
    return visit.to("/mine/answers", released=len(ready))


def _template(visit: Visit, form: Mapping[str, Any]) -> str:
    """The one that is chosen. Raises ApiRefused for one that there is not."""
    chosen = text(form, "template")
    if chosen not in dict(visit.say.options(TEMPLATES)):
        raise ApiRefused(404, {})
    return chosen


def filled(form: Mapping[str, Any], written: Mapping[str, str], template: str) -> dict[str, str]:
    """The template where it is ticked; nothing that somebody wrote is written over."""
    return {
        question: said or (template if text(form, f"tick-{question}") == TICKED else "")
        for question, said in written.items()
    }


async def _release(visit: Visit, demand: Json, question: Json, said: str) -> str:
    """Why it was refused; empty when everyone reads it now."""
    at = {"demand_id": demand["id"], "question_id": question["id"]}
    try:
        await visit.ask("catalog.answer_question", Call(at, body={"answer": said}))
    except ApiRefused as error:
        return error.detail
    except ApiDown:
        return visit.say("form.kept_down")
    return ""
