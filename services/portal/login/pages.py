"""Login, logout and the choice of a language."""

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from portal import sessions
from portal.languages import LANGUAGES
from portal.login.oidc import LoginAttempt, LoginFailed, Provider
from portal.sessions import Seal
from portal.visits import A_YEAR_S, FormDep, VisitDep, local

router = APIRouter(include_in_schema=False)
ATTEMPT_S = 600
"""How long somebody may take at the identity provider."""
CALLBACK = "/login/callback"


@router.get("/login")
async def login(visit: VisitDep, request: Request, next: str = "/desk") -> Response:
    provider: Provider = request.app.state.provider
    seal: Seal = request.app.state.seal
    attempt = LoginAttempt.begun(local(next, "/desk"))
    response = visit.to(await provider.address(attempt, visit.origin + CALLBACK, visit.language))
    visit.keep(response, sessions.LOGIN_COOKIE, seal.closed(vars(attempt)), max_age=ATTEMPT_S)
    return response


@router.get(CALLBACK)
async def come_back(visit: VisitDep, request: Request) -> Response:
    provider: Provider = request.app.state.provider
    seal: Seal = request.app.state.seal
    kept = seal.opened(request.cookies.get(sessions.LOGIN_COOKIE), within_s=ATTEMPT_S)
    if not isinstance(kept, dict):
        raise LoginFailed("stale")
    attempt = LoginAttempt(**kept)
    session = await provider.session(attempt, dict(request.query_params), visit.origin + CALLBACK)
    sealed = seal.of(session)
    if not sessions.fits(sessions.COOKIE, sealed):  # it would be lost, and the login begin anew without end
        raise LoginFailed("too_large")
    response = visit.to(attempt.next)
    visit.keep(response, sessions.COOKIE, sealed, max_age=visit.settings.session_s)
    response.delete_cookie(sessions.LOGIN_COOKIE)
    return response


@router.post("/logout")
async def logout(visit: VisitDep, form: FormDep) -> Response:
    response = visit.to("/")
    response.delete_cookie(sessions.COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/language/{language}")
async def choose_language(visit: VisitDep, language: str, back: str = "/") -> Response:
    response = visit.to(local(back))
    if language in LANGUAGES:
        visit.keep(response, sessions.LANGUAGE_COOKIE, language, max_age=A_YEAR_S)
    return response
