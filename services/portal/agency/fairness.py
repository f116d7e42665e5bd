"""What of a demand limits competition, as those who may mend or justify it see it."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal.api import ApiDown, ApiRefused, Call, Json
from portal.forms import Filled
from portal.visits import FormDep, MemberDep, Visit, text, together

router = APIRouter(include_in_schema=False)
GATED = frozenset({"publish", "approve"})
"""Steps that wait until each blocking finding is justified."""
JUSTIFIED = ("rule", "passage", "justification")
CHECK = "check"


async def found(visit: Visit, demand_id: str) -> Json | None:
    """The findings of a demand; None while nobody can say."""
    return await visit.try_("catalog.read_demand_fairness", Call({"demand_id": demand_id}))


def is_blocked(fairness: Json | None) -> bool:
    return bool(fairness and fairness["is_blocked"])


@router.post("/mine/{demand_id}/justify")
async def justify(visit: MemberDep, form: FormDep, demand_id: str) -> Response:
    """Then the page that the form was on; what was refused is shown again as it was written."""
    said, at = Filled({name: text(form, name) for name in JUSTIFIED}), {"demand_id": demand_id}
    page = CHECK if text(form, "page") == CHECK else ""
    try:
        await visit.ask("catalog.justify_demand", Call(at, body=said.body))
    except (ApiDown, ApiRefused) as error:
        said.refused(error)
        demand, fairness = await together(visit.try_("catalog.read_demand", Call(at)), found(visit, demand_id))
        shown = {"demand": demand or {"id": demand_id, "title": demand_id}, "fairness": fairness}
        return visit.page("agency/fairness.html", said.status, **shown, said=said, page=page)
    return visit.to(f"/mine/{demand_id}/{page}".rstrip("/") + "#fairness")
