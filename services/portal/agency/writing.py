"""Writing a demand: saved however little of it is written, read back by the matcher meanwhile, checked at the end."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal import forms, lifecycles
from portal.agency import drafts, fairness
from portal.agency.pages import NOUN, parties
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.forms import Filled
from portal.public.pages import DOMAINS, KINDS
from portal.visits import AgencyDep, FormDep, Visit, text, together

router = APIRouter(include_in_schema=False)
NEW = "new"
AMENDED = "published"
LIMITING = ("title", "need", "docking", "policies", "locality")
"""What of a draft beside its clauses may limit competition."""


@router.get("/mine/{demand_id}/edit")
async def edit(visit: AgencyDep, demand_id: str, saved: str = "") -> Response:
    if demand_id == NEW:
        return await _form(visit, demand_id, Filled(drafts.blank()))
    demand = await visit.ask("catalog.read_demand", Call({"demand_id": demand_id}))
    return await _form(visit, demand_id, Filled(drafts.opened(demand)), saved=saved)


async def _form(visit: Visit, demand_id: str, form: Filled, *, saved: str = "", more: bool = False) -> Response:
    coach, limits = await together(_review(visit, form.body), _limits(visit, form.body))
    return visit.page(
        "agency/form.html",
        form.status,
        demand_id=demand_id,
        body=form.body,
        faults=form.faults,
        refusal=form.refusal,
        coach=coach,
        limits=limits,
        rows=len(form.body.get("clauses") or []) + drafts.SPARE * (1 + more),
        amends=form.body.get("state") == AMENDED,
        saved=saved,
        kinds=KINDS,
        domains=DOMAINS,
        clause_kinds=drafts.CLAUSE_KINDS,
        comparisons=drafts.COMPARISONS,
        routes=drafts.ROUTES,
    )


async def _review(visit: Visit, body: Json) -> Json | None:
    """What the matcher reads in a draft; None while there is too little."""
    if not (body.get("title") and body.get("need")):
        return None
    names = ("kind", "title", "need", "clauses", "budget_max_fen", "closes_at")
    draft = {name: body[name] for name in names if body.get(name) is not None}
    return await visit.try_("matcher.review_demand", Call(body=draft))


async def _limits(visit: Visit, body: Json) -> list[Json]:
    """What of a draft limits competition, as it is written."""
    clauses = body.get("clauses") or []
    draft = {name: body[name] for name in LIMITING if body.get(name)}
    draft |= {"clauses": [each["text"] for each in clauses], "metrics": [each.get("metric") for each in clauses]}
    found = await visit.try_("catalog.check_fairness", Call(body=draft)) if any(draft.values()) else None
    return list(found["findings"]) if found else []


@router.post("/mine/{demand_id}/coach")
async def coach(visit: AgencyDep, form: FormDep, demand_id: str) -> Response:
    filled = drafts.filled(form, visit.say)
    coach, limits = await together(_review(visit, filled.body), _limits(visit, filled.body))
    return visit.page("agency/coach.html", coach=coach, limits=limits, body=filled.body)


@router.post("/mine/{demand_id}/edit")
async def save(visit: AgencyDep, form: FormDep, demand_id: str) -> Response:
    """Stores what is written; then the form again, the check, or the amended demand."""
    filled, then = drafts.filled(form, visit.say), text(form, "then") or "save"
    version, state = forms.version(form), text(form, "state")
    filled.body |= {key: said for key, said in (("state", state), ("reason", text(form, "reason"))) if said}
    filled.body |= {"version": version} if version is not None else {}
    if then == "take":
        filled.body["clauses"] = _taken(filled.body["clauses"], await _review(visit, filled.body))
    if then == "more" or filled.faults:
        return await _form(visit, demand_id, filled, more=then == "more")
    try:
        demand_id = await _stored(visit, demand_id, filled.body)
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        return await _form(visit, demand_id, filled)
    if state == AMENDED:
        return visit.to(f"/mine/{demand_id}", done="amend")
    return visit.to(f"/mine/{demand_id}/check") if then == "check" else visit.to(f"/mine/{demand_id}/edit", saved="1")


def _taken(clauses: list[Json], review: Json | None) -> list[Json]:
    """The clauses with those that were found in the need and are not among them."""
    known = {each["text"] for each in clauses}
    found = [each["clause"] for each in review["clauses_found"]] if review else []
    return [*clauses, *(each for each in found if each["text"] not in known)]


async def _stored(visit: Visit, demand_id: str, body: Json) -> str:
    """The id of the demand. Raises ApiRefused, also for an amendment that leaves a needed field empty."""
    at, version = {"demand_id": demand_id}, body.get("version")
    if demand_id == NEW:
        sent = drafts.content(drafts.kept(body))
        return str((await visit.ask("catalog.create_demand", Call(body=sent)))["id"])
    sent = drafts.merged(await visit.ask("catalog.read_demand", Call(at)), body)
    if body.get("state") == AMENDED:
        sent.pop("kind")
        await visit.ask(
            "catalog.amend_demand", Call(at, body={**sent, "reason": body.get("reason", "")}, version=version)
        )
    else:
        await visit.ask("catalog.replace_demand", Call(at, body=drafts.kept(sent), version=version))
    return demand_id


@router.get("/mine/{demand_id}/check")
async def check(visit: AgencyDep, demand_id: str) -> Response:
    """All answers once more, before anything binds."""
    demand = await visit.ask("catalog.read_demand", Call({"demand_id": demand_id}))
    opened = drafts.opened(demand)
    possible = lifecycles.possible(NOUN, demand["state"], parties(visit, demand))
    coach, found = await together(_review(visit, opened), fairness.found(visit, demand_id))
    at_once = not visit.settings.review_required and demand["state"] == "draft"
    return visit.page(
        "agency/check.html",
        demand=opened,
        lacking=drafts.lacking(demand),
        coach=coach,
        fairness=found,
        possible=possible,
        publishes_at_once=at_once and not fairness.is_blocked(found),
        review_required=visit.settings.review_required,
    )
