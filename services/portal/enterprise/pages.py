"""A firm's desk: its three best open demands, what it lacks for each, its matches and what moved since last time."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from portal import lifecycles
from portal.api import ApiRefused, Call, Json
from portal.enterprise.listening import is_listening
from portal.enterprise.offers import as_offer
from portal.public.pages import MOST
from portal.visits import A_YEAR_S, EnterpriseDep, FormDep, Visit, text, together

router = APIRouter(include_in_schema=False)
BEST = 3
LOOKED_AT = 8
"""Matched demands whose news the desk shows."""
COMMON = 5
SEEN_COOKIE = "jingqiao_seen"
OPEN = "published"
REASONS = (
    "other_field",
    "requirement_unmet",
    "not_mature",
    "already_solved",
    "no_capacity",
    "terms",
    "timing",
    "other",
)
STEPS = {"express_interest": "express_interest", "dismiss": "dismiss_match"}
"""What a firm may do with a match, with the matcher's operation."""


@router.get("/firm")
async def desk(visit: EnterpriseDep) -> Response:
    profiles, matches, dockings = await together(
        own_profiles(visit), own_matches(visit), visit.items("matcher.list_dockings", Call(query={"limit": MOST}))
    )
    best = await _best(visit, matches)
    seen = visit.request.cookies.get(SEEN_COOKIE, "")
    news = await _news(visit, [each["demand_id"] for each in matches[:LOOKED_AT]], seen)
    response = visit.page(
        "firm/desk.html",
        profiles=profiles,
        best=best,
        near=await _near(visit, profiles, best),
        match_count=len(matches),
        lacking=_most_lacking(matches),
        dockings=[each for each in dockings if each["next"] and visit.member.owns(each["enterprise"])],
        news=news,
        asked="",
        fits=None,
    )
    visit.keep(response, SEEN_COOKIE, visit.now.isoformat(), max_age=A_YEAR_S)
    return response


@router.post("/firm")
async def ask(visit: EnterpriseDep, form: FormDep) -> Response:
    """The three best for a firm that has said nothing yet but a sentence."""
    asked = text(form, "text")
    if not asked:
        return visit.to("/firm")
    found = await visit.ask("matcher.find_fits", Call(body={"text": asked, "limit": BEST}))
    return visit.page(
        "firm/desk.html",
        profiles=[],
        best=[],
        near=[],
        match_count=0,
        lacking=[],
        dockings=[],
        news=[],
        asked=asked,
        fits=(found["fits"] or found["nearest"])[:BEST],
    )


async def own_profiles(visit: Visit) -> list[Json]:
    member = visit.member
    query = {"organisation_scheme": member.scheme, "organisation_code": member.code, "limit": MOST}
    return await visit.items("matcher.list_profiles", Call(query=query))


async def own_matches(visit: Visit, **query: object) -> list[Json]:
    """The best match of each demand with a profile of this firm, best first."""
    found = await visit.every("matcher.list_matches", Call(query={"sort": "best", "limit": MOST, **query}))
    first: dict[str, Json] = {}
    for each in found:
        if visit.member.owns(each["profile_organisation"]):
            first.setdefault(each["demand_id"], each)
    return list(first.values())


async def _best(visit: Visit, matches: Sequence[Json]) -> list[Json]:
    """The best matches whose demands still take answers, each with its demand."""
    near = matches[: 2 * BEST]
    demands = await together(
        *(visit.try_("catalog.read_demand", Call({"demand_id": each["demand_id"]})) for each in near)
    )
    both = ({**match, "demand": demand} for match, demand in zip(near, demands, strict=True) if demand)
    return [each for each in both if each["demand"].get("state") == OPEN][:BEST]


async def _near(visit: Visit, profiles: Sequence[Json], best: Sequence[Json]) -> list[Json]:
    """What comes nearest beside the matches, where those are fewer than three."""
    if not profiles or len(best) >= BEST:
        return []
    call = Call(body={"profile": as_offer(profiles[0]), "limit": 2 * BEST})
    found = await visit.try_("matcher.find_fits", call) or {"fits": [], "nearest": []}
    known = {each["demand_id"] for each in best}
    others = [each for each in (*found["fits"], *found["nearest"]) if each["demand_id"] not in known]
    return others[: BEST - len(best)]


def _most_lacking(matches: Sequence[Json]) -> list[tuple[str, int]]:
    """What is lacking for most matched demands, with for how many."""
    lacking = Counter(
        said
        for match in matches
        for said in {missing(each) for each in match["verdicts"] if each["outcome"] == "insufficient_evidence"}
    )
    return lacking.most_common(COMMON)


def missing(verdict: Json) -> str:
    """What a profile would have to say for a verdict to change."""
    return str(verdict["quoted"]["missing"] or verdict["demand_span"]["text"])


async def _news(visit: Visit, demands: Sequence[str], since: str) -> list[Json]:
    """Amendments and answers after the last visit, newest first."""
    asked = [
        visit.items(name, Call({"demand_id": each}, {"limit": BEST}))
        for each in demands
        for name in ("catalog.list_demand_versions", "catalog.list_questions")
    ]
    pages = await together(*asked)
    found: list[Json] = []
    for number, page in enumerate(pages):
        demand = demands[number // 2]
        for each in page:
            at = each.get("changed_at") or each.get("answered_at")
            if at and at > since and each.get("change") != "published":
                found.append({**each, "at": at, "demand_id": demand})
    return sorted(found, key=lambda each: each["at"], reverse=True)[:LOOKED_AT]


@router.get("/firm/matches")
async def inbox(visit: EnterpriseDep, band: str = "") -> Response:
    page, listening = await together(
        visit.ask("matcher.list_matches", Call(query={"sort": "newest", "band": band, "limit": MOST})),
        is_listening(visit),
    )
    mine = [each for each in page["items"] if visit.member.owns(each["profile_organisation"])]
    return visit.page("firm/matches.html", matches=mine, hint=page["hint"], band=band, listening=listening)


@router.get("/matches/{match_id}")
async def match(visit: EnterpriseDep, match_id: str) -> Response:
    """Why a demand fits and what is lacking, with the words of both sides."""
    at = {"match_id": match_id}
    found, reports = await together(
        visit.ask("matcher.read_match", Call(at)), visit.try_("matcher.list_outcomes", Call(at))
    )
    demand, profile, dockings = await together(
        visit.try_("catalog.read_demand", Call({"demand_id": found["demand_id"]})),
        visit.try_("matcher.read_profile", Call({"profile_id": found["profile_id"]})),
        visit.items("matcher.list_dockings", Call(query={"match_id": match_id})),
    )
    return visit.page(
        "firm/match.html",
        match=found,
        demand=demand,
        profile=profile,
        dockings=dockings,
        state=reports["state"] if reports else "notified",
        possible=possible(visit, found, reports),
        reasons=REASONS,
        texts=list(texts(profile, found["verdicts"])) if profile else [],
    )


def possible(visit: Visit, match: Json, reports: Json | None) -> list[str]:
    """What this side may do with a match, from the table of its life."""
    if reports is None or not visit.member.owns(match["profile_organisation"]):
        return []
    allowed = lifecycles.possible("matcher/feedback", reports["state"], ["enterprise"])
    return [action for action in STEPS if action in allowed]


def texts(profile: Json, verdicts: Sequence[Json]) -> "list[tuple[str, str, list[Json]]]":
    """The profile's texts that verdicts quote: where each stands, the text, and the quoted spans."""
    found: dict[str, list[Json]] = {}
    for verdict in verdicts:
        if (span := verdict["profile_span"]) and not verdict.get("validation"):
            found.setdefault(span["source"], []).append(span)
    return [(source, said, spans) for source, spans in found.items() if (said := _text_at(profile, source))]


def _text_at(profile: Any, source: str) -> str:
    for part in source.split("/"):
        try:
            profile = profile[int(part)] if part.isdigit() else profile[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return profile if isinstance(profile, str) else ""


@router.post("/matches/{match_id}/{action}")
async def act(visit: EnterpriseDep, form: FormDep, match_id: str, action: str) -> Response:
    at = {"match_id": match_id}
    if action not in STEPS:
        raise ApiRefused(404, {})
    if action == "dismiss":
        body = {"code": text(form, "code"), "text": text(form, "text") or None}
        await visit.ask("matcher.dismiss_match", Call(at, body=body))
    else:
        await visit.ask("matcher.express_interest", Call(at))
        if message := text(form, "message"):
            await visit.ask("matcher.open_docking", Call(body={"match_id": match_id, "message": message}))
    return visit.to(f"/matches/{match_id}", done=action)
