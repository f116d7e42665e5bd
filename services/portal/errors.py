"""What people read when something fails: an API's refusal in its words, and what still works when one is down."""

from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Scope

from common.errors import BodyTooSlow, Problem, TooLarge
from portal.api import ApiDown, ApiRefused
from portal.headers import PageHeaders
from portal.login.oidc import LoginFailed
from portal.visits import MOST_FIELDS, FormUnproved, NeedsLogin, NeedsRole, StandsElsewhere, Visit, is_foreign

LOGIN = "/login"
UNSEEN = frozenset({"version", "state", "key", "then", "more"})
"""Fields of forms that nobody fills in."""
SERVERS_FAULT = frozenset({"provider_down", "unusable", "too_large"})
"""Logins that fail by what the identity provider does, not by who logs in."""
CRASHED = (
    "出现了意外错误，已记录，请稍后再试。 Something broke on our side; the fault is recorded, please try again later."
)


def install(app: FastAPI) -> None:
    app.add_exception_handler(ApiRefused, _on_refusal)
    app.state.told = told
    for refusal in (TooLarge, BodyTooSlow):
        app.add_exception_handler(refusal, _on_problem)
    app.add_exception_handler(ApiDown, _on_down)
    app.add_exception_handler(StandsElsewhere, _on_merged)
    app.add_exception_handler(NeedsLogin, _on_needed_login)
    app.add_exception_handler(NeedsRole, _said("role", 403))
    app.add_exception_handler(FormUnproved, _on_unproved_form)
    app.add_exception_handler(LoginFailed, _on_failed_login)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _said("missing", 404))


def crashed(_scope: Scope, _headers: Headers) -> ASGIApp:
    return PlainTextResponse(CRASHED, 500)


def told(problem: Problem, scope: Scope) -> ASGIApp:
    """A page for what the envelope around the app refuses, such as a body that is too large."""
    return PageHeaders(_of_problem(Request(scope), problem))


async def _on_problem(request: Request, error: Exception) -> Response:
    return _of_problem(request, cast(Problem, error))


def _of_problem(request: Request, problem: Problem) -> Response:
    detail = problem.detail_zh if Visit(request).language == "zh" else problem.detail
    response = _page(request, problem.status, problem.code, detail or "")
    response.headers.update(problem.headers)
    return response


def _page(request: Request, status: int, key: str, detail: str = "", **given: object) -> Response:
    visit = Visit(request)
    return visit.page("error.html", status, key=key, detail=detail, **given)


def _said(key: str, status: int) -> Any:
    async def handler(request: Request, _: Exception) -> Response:
        return _page(request, status, key)

    return handler


async def _on_refusal(request: Request, error: Exception) -> Response:
    refused = cast(ApiRefused, error)
    if refused.status == 401:
        return await _on_needed_login(request, error)
    if refused.status == 404:
        return _page(request, 404, "missing")
    key = {403: "role", 409: "not_now", 412: "stale"}.get(refused.status, "refused")
    return _page(request, refused.status, key, refused.detail, faults=refused.faults)


async def _on_down(request: Request, error: Exception) -> Response:
    service = cast(ApiDown, error).service
    response = _page(request, 503, "down", service=service)
    response.headers["Retry-After"] = "10"
    return response


async def _on_merged(request: Request, error: Exception) -> Response:
    return Visit(request).to(f"/demands/{cast(StandsElsewhere, error).into}")


async def _on_needed_login(request: Request, error: Exception) -> Response:
    visit = Visit(request)
    if request.headers.get("HX-Request"):  # a live part: the form around it says so when it is sent
        return Response(status_code=204)
    if request.method == "POST":
        return await _kept_form(request, visit)
    query = f"?{request.url.query}" if request.url.query else ""
    return visit.to(LOGIN, next=request.url.path + query)


async def _on_unproved_form(request: Request, _: Exception) -> Response:
    """With a fresh proof, which a person has to send."""
    return await _kept_form(request, Visit(request))


async def _kept_form(request: Request, visit: Visit) -> Response:
    """All that was filled in once more, to be sent again after a login. A file has to be chosen again. What comes from
    another site, or does not say from which, is refused."""
    if is_foreign(visit, request) or request.headers.get("Origin") is None:
        return _page(request, 403, "form")
    form = getattr(request.state, "form", None) or await request.form(max_files=1, max_fields=MOST_FIELDS)
    fields = [(name, said) for name, said in form.multi_items() if isinstance(said, str) and name != "proof"]
    shown = [(name, said) for name, said in fields if said and name not in UNSEEN]
    return visit.page("resume.html", 403, fields=fields, shown=shown, address=request.url.path)


async def _on_failed_login(request: Request, error: Exception) -> Response:
    code = cast(LoginFailed, error).code
    return _page(request, 502 if code in SERVERS_FAULT else 400, f"login_{code}")


async def _on_http(request: Request, error: Exception) -> Response:
    status = cast(HTTPException, error).status_code
    return _page(request, status, "missing" if status == 404 else "refused")
