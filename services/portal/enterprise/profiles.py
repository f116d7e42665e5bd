"""The profile editor, which shows while one writes which open demands it would fit, and what it lacks."""

from fastapi import APIRouter
from fastapi.responses import Response

from portal import forms
from portal.api import ApiDown, ApiRefused, Call, Json
from portal.enterprise import offers
from portal.enterprise.pages import own_profiles
from portal.forms import Filled
from portal.visits import EnterpriseDep, FormDep, Visit, text

router = APIRouter(include_in_schema=False)
SHOWN = 5
NEW = "new"


@router.get("/firm/profiles")
async def profiles(visit: EnterpriseDep) -> Response:
    """The only one at once; several as a list; none as an empty form."""
    found = await own_profiles(visit)
    if len(found) == 1:
        return visit.to(f"/firm/profiles/{found[0]['id']}")
    return visit.page("firm/profiles.html", profiles=found) if found else visit.to(f"/firm/profiles/{NEW}")


@router.get("/firm/profiles/{profile_id}")
async def profile(visit: EnterpriseDep, profile_id: str, headline: str = "", saved: str = "") -> Response:
    body: Json = {"offer_kind": offers.OFFER_KINDS[0], "headline": headline}
    if profile_id != NEW:
        body = await visit.ask("matcher.read_profile", Call({"profile_id": profile_id}))
    return await _editor(visit, profile_id, Filled(body), saved=saved)


async def _editor(visit: Visit, profile_id: str, form: Filled, *, saved: str = "", more: str = "") -> Response:
    fits = await _fits(visit, form.body)
    return visit.page(
        "firm/profile.html",
        form.status,
        profile_id=profile_id,
        body=form.body,
        faults=form.faults,
        refusal=form.refusal,
        spare=offers.spare(form.body, more),
        groups=offers.GROUPS,
        kinds=offers.OFFER_KINDS,
        visibilities=offers.VISIBILITIES,
        traits=offers.TRAITS,
        fits=fits,
        saved=saved,
    )


async def _fits(visit: Visit, body: Json) -> Json | None:
    """None when there is nothing to compare yet, or nothing can be compared now."""
    offer = offers.as_offer(body)
    if not offer["headline"]:
        return None
    return await visit.try_("matcher.find_fits", Call(body={"profile": offer, "limit": SHOWN}))


@router.post("/firm/profiles/{profile_id}/preview")
async def preview(visit: EnterpriseDep, form: FormDep, profile_id: str) -> Response:
    filled = offers.filled(form, visit.say)
    return visit.page("firm/fits.html", fits=await _fits(visit, filled.body))


@router.post("/firm/profiles/{profile_id}")
async def save(visit: EnterpriseDep, form: FormDep, profile_id: str) -> Response:
    filled = offers.filled(form, visit.say)
    version = forms.version(form)
    if version is not None:
        filled.body["version"] = version
    if "more" in form or filled.faults:
        return await _editor(visit, profile_id, filled, more=text(form, "more"))
    sent = {key: value for key, value in filled.body.items() if key != "version"}
    try:
        if profile_id == NEW:
            profile_id = (await visit.ask("matcher.create_profile", Call(body=sent)))["id"]
        else:
            call = Call({"profile_id": profile_id}, body=sent, version=version or 0)
            await visit.ask("matcher.replace_profile", call)
    except (ApiDown, ApiRefused) as error:
        filled.refused(error)
        return await _editor(visit, profile_id, filled)
    return visit.to(f"/firm/profiles/{profile_id}", saved="1")
