"""Turns every failure into an RFC 9457 problem document, in the caller's language."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from common import languages
from common.errors import (
    MOST_NAMED,
    BodyTooSlow,
    FieldFault,
    Forbidden,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    Problem,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    invalid,
)
from common.operations import operations
from common.permissions.table import PermissionTable
from common.wording import worded

MEDIA_TYPE = "application/problem+json"

_BY_STATUS: dict[int, type[Problem]] = {
    problem.status: problem
    for problem in (
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        TooLarge,
        UnsupportedMediaType,
        InvalidInput,
    )
}


class FieldError(BaseModel):
    """One thing wrong in a request: where, and what would be right."""

    pointer: str | None = None
    """JSON Pointer into the body as a URI fragment: `#/clauses/3/kind`."""
    parameter: str | None = None
    """Name of the path, query or header parameter."""
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457, with `errors` naming each field at fault."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may refuse in these ways."""
    titles: dict[int | str, list[str]] = {}
    for kind in kinds:
        titles.setdefault(kind.status, []).append(kind.title)
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        status: {"description": " / ".join(texts), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status, texts in titles.items()
    }


def render(problem: Problem, *, path: str, accept_language: str | None) -> JSONResponse:
    chinese = languages.asked_for(accept_language) == "zh"
    document = ProblemDocument(
        type=f"/problems/{problem.code}",
        title=problem.title_zh if chinese else problem.title,
        status=problem.status,
        detail=problem.detail_zh if chinese else problem.detail,
        instance=path,
        errors=[_shown(fault, chinese) for fault in problem.faults] or None,
    )
    headers = {"X-Content-Type-Options": "nosniff", **problem.headers, "Content-Language": "zh" if chinese else "en"}
    if problem.status == Unauthenticated.status:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        document.model_dump(exclude_none=True), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def _shown(fault: FieldFault, chinese: bool) -> FieldError:
    detail = fault.detail_zh if chinese else fault.detail
    return FieldError(pointer=fault.pointer, parameter=fault.parameter, detail=detail)


def _render(request: Request, problem: Problem) -> JSONResponse:
    return render(problem, path=request.url.path, accept_language=request.headers.get("accept-language"))


def _pointer(location: Sequence[str | int]) -> str:
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _fault(error: dict[str, Any]) -> FieldFault:
    where, *rest = error["loc"]
    if error["type"] == "json_invalid":
        return FieldFault(*worded(error), pointer="#")
    if where == "body":
        return FieldFault(*worded(error), pointer=_pointer(rest))
    return FieldFault(*worded(error), parameter=str(rest[-1] if rest else where))


async def _on_problem(request: Request, error: Exception) -> JSONResponse:
    return _render(request, cast(Problem, error))


async def _on_validation(request: Request, error: Exception) -> JSONResponse:
    found = cast(RequestValidationError, error).errors()
    return _render(request, invalid(*map(_fault, found[:MOST_NAMED])))


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    http = cast(HTTPException, error)
    if http.status_code == 400:
        return _render(request, InvalidInput("The body could not be read as JSON", "请求体无法按 JSON 读取"))
    if http.status_code == MethodNotAllowed.status:
        return _render(request, _other_method(request, http))
    kind = _BY_STATUS.get(http.status_code, Problem)
    asked = f"{request.method} {request.url.path}"
    return _render(
        request, kind(f"{asked}: {http.detail}", f"{asked}：{kind.title_zh}", headers=dict(http.headers or {}))
    )


def _other_method(request: Request, refusal: HTTPException) -> MethodNotAllowed:
    """Names the methods that the address takes, and the addresses one segment below it with theirs."""
    path, known = request.url.path, operations(request.app)
    here = [each for each in known if each.is_at(path)]
    methods = sorted({each.method for each in here}) or (refusal.headers or {}).get("Allow", "").split(", ")
    below = [
        f"{each.method} …/{each.template.rsplit('/', 1)[1]}"
        for each in known
        if any(each.is_below(template) for template in {each.template for each in here})
    ]
    also, also_zh = (f"; or {', '.join(below)}", f"；或 {'、'.join(below)}") if below else ("", "")
    return MethodNotAllowed(
        f"{request.method} {path}: use {' or '.join(methods)} here{also}",
        f"{request.method} {path}：此处可用 {'、'.join(methods)}{also_zh}",
        headers={"Allow": ", ".join(methods)},
    )


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


def documented(openapi: dict[str, Any], permissions: PermissionTable) -> dict[str, Any]:
    """The OpenAPI document with every 422 shown as the problem it is, and with the refusals that every route has;
    returns the same object."""
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    document = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(document.pop("$defs"))
    schemas["ProblemDocument"] = document
    for path in openapi["paths"].values():
        for operation in path.values():
            if "422" in operation.get("responses", {}):
                operation["responses"] |= _of_all(InvalidInput)
            for kind in _of_every(operation, permissions):
                operation["responses"] = _of_all(kind) | operation["responses"]
    return openapi


def _of_every(operation: dict[str, Any], permissions: PermissionTable) -> Iterator[type[Problem]]:
    """Refusals that no route has to name, because they come before it or from beneath it."""
    yield from (RateLimited, Unavailable)
    if permissions.rows[operation["operationId"]].roles is not None:
        yield from (Unauthenticated, Forbidden)
    if "requestBody" in operation:
        yield from (BodyTooSlow, TooLarge, UnsupportedMediaType)


def _of_all(kind: type[Problem]) -> dict[str, Any]:
    return {str(status): told for status, told in problems(kind).items()}
