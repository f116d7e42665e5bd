"""Turns every failure into an RFC 9457 problem document, in the caller's language."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from common.errors import (
    FieldError,
    Forbidden,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    UnsupportedMediaType,
)

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

_ZH_BY_TYPE = {
    "missing": "缺少必填字段",
    "extra_forbidden": "不认识的字段，请删除",
    "string_type": "应为字符串",
    "string_too_short": "不能为空",
    "string_too_long": "文字过长",
    "string_pattern_mismatch": "格式不正确",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "enum": "不在允许的取值之内",
    "literal_error": "不在允许的取值之内",
    "too_long": "条目过多",
    "too_short": "条目过少",
    "greater_than_equal": "数值过小",
    "less_than_equal": "数值过大",
    "json_invalid": "请求体不是合法的 JSON",
    "uuid_parsing": "应为 UUID",
    "timezone_aware": "时间需要带时区",
    "datetime_from_date_parsing": "应为 ISO 8601 时间",
}


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


def prefers_chinese(accept_language: str | None) -> bool:
    """Whether Chinese stands first among the languages asked for; English is the default."""
    first = (accept_language or "").split(",")[0].strip().lower()
    return first.startswith("zh")


def render(problem: Problem, *, path: str, accept_language: str | None) -> JSONResponse:
    chinese = prefers_chinese(accept_language)
    document = ProblemDocument(
        type=f"/problems/{problem.code}",
        title=problem.title_zh if chinese else problem.title,
        status=problem.status,
        detail=problem.detail_zh if chinese else problem.detail,
        instance=path,
        errors=list(problem.errors) or None,
    )
    headers = {**problem.headers, "Content-Language": "zh" if chinese else "en"}
    if problem.status == Unauthenticated.status:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(
        document.model_dump(exclude_none=True), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def _render(request: Request, problem: Problem) -> JSONResponse:
    return render(problem, path=request.url.path, accept_language=request.headers.get("accept-language"))


def _pointer(location: Sequence[str | int]) -> str:
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def _field_error(error: dict[str, Any], chinese: bool) -> FieldError:
    where, *rest = error["loc"]
    message = str(error["msg"]).removeprefix("Value error, ")
    if chinese:
        zh = _ZH_BY_TYPE.get(error["type"])
        message = f"{zh}（{message}）" if zh else message
    if error["type"] == "json_invalid":
        reason = error.get("ctx", {}).get("error", "")
        return FieldError(pointer="#", detail=f"{message}: {reason} at character {rest[0] if rest else 0}")
    if where == "body":
        return FieldError(pointer=_pointer(rest), detail=message)
    return FieldError(parameter=str(rest[-1] if rest else where), detail=message)


def from_validation(errors: Iterable[dict[str, Any]], *, chinese: bool) -> InvalidInput:
    """One refusal for all the fields pydantic found at fault, the first twenty named."""
    fields = tuple(_field_error(error, chinese) for error in list(errors)[:20])
    places = "、" if chinese else ", "
    named = places.join(field.pointer or field.parameter or "" for field in fields[:3])
    return InvalidInput(f"See errors: {named}", f"请检查：{named}", errors=fields)


async def _on_problem(request: Request, error: Exception) -> JSONResponse:
    return _render(request, cast(Problem, error))


async def _on_validation(request: Request, error: Exception) -> JSONResponse:
    chinese = prefers_chinese(request.headers.get("accept-language"))
    return _render(request, from_validation(cast(RequestValidationError, error).errors(), chinese=chinese))


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    http = cast(HTTPException, error)
    if http.status_code == 400:
        return _render(request, InvalidInput("The body could not be read as JSON", "请求体无法按 JSON 读取"))
    kind = _BY_STATUS.get(http.status_code, Problem)
    return _render(
        request, kind(f"{request.method} {request.url.path}: {http.detail}", headers=dict(http.headers or {}))
    )


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


def documented(openapi: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with every 422 shown as the problem it is; returns the same object."""
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    document = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(document.pop("$defs"))
    schemas["ProblemDocument"] = document
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for path in openapi["paths"].values():
        for operation in path.values():
            if "422" in operation.get("responses", {}):
                operation["responses"]["422"] = {"description": InvalidInput.title, "content": content}
    return openapi
