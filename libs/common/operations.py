"""What the routes of a service say of an address: the methods it takes, and the query parameters of each."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel

from common.errors import FieldFault, UnsupportedMediaType, invalid

UPLOAD = "jingqiao.upload"
"""In the scope of a request whose body is a file: its route reads it, and says which types it takes."""
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
LONGEST_NAMED = 100
"""Characters of an unknown parameter's name that are repeated to who sent it."""


@dataclass(frozen=True)
class Operation:
    """One method of one path template, such as `GET /v1/demands/{demand_id}`."""

    method: str
    template: str
    parameters: tuple[str, ...]
    """Names of its query parameters, in the order of the document."""
    media_types: tuple[str, ...]
    """What its body may be; empty when it takes none."""

    def is_at(self, path: str) -> bool:
        """Whether `path` is an instance of the template."""
        return _fits(self.template.split("/"), path.split("/"))

    def is_below(self, template: str) -> bool:
        """Whether its template has one fixed segment more: `…/submit` below a demand."""
        parent, _, last = self.template.rpartition("/")
        return parent == template and not last.startswith("{")


def _fits(template: list[str], path: list[str]) -> bool:
    return len(template) == len(path) and all(
        wanted == given or ("{" in wanted and _pattern(wanted).fullmatch(given) is not None)
        for wanted, given in zip(template, path, strict=True)
    )


@lru_cache(maxsize=1024)
def _pattern(segment: str) -> re.Pattern[str]:
    """Of a segment with parameters, which may be part of it: `export.{ending}`."""
    fixed = re.split(r"\{[^}]*\}", segment)
    return re.compile(".+".join(map(re.escape, fixed)))


def operations(app: FastAPI) -> tuple[Operation, ...]:
    """Every documented operation of a service, as its OpenAPI document has them.

    Read of the routes, some milliseconds: generating the document would hold up every request for most of a second.
    """
    if not hasattr(app.state, "operations"):
        app.state.operations = tuple(_of_routes(app))
    found: tuple[Operation, ...] = app.state.operations
    return found


def _of_routes(app: FastAPI) -> Iterator[Operation]:
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            parameters, media_types = tuple(dict.fromkeys(_query_names(route.dependant))), _media_types(route)
            for method in sorted(route.methods or ()):
                yield Operation(method, route.path_format or "", parameters, media_types)


def _query_names(dependant: Dependant) -> Iterator[str]:
    """Its own, then those of what it depends on; a name comes as often as it is asked for."""
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())
        else:
            yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def _media_types(route: RouteContext) -> tuple[str, ...]:
    """Of the body that is declared, then of one that the route reads itself and only documents."""
    declared = () if route.body_field is None else (route.body_field.field_info.media_type,)
    documented = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return tuple(dict.fromkeys((*declared, *documented)))


async def _refuse_what_is_not_taken(request: Request) -> None:
    """Raises InvalidInput naming each query parameter that the operation does not have, or that is given twice, and
    UnsupportedMediaType for a body that is said to be something else than it takes.

    Routes that the document leaves out take any.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = request.method == "GET" or UPLOAD in request.scope or _is_json(media_type)
    if _is_json(media_type) and _has_body(request):
        _refuse_other_charset(request)
    is_other = not is_json and _has_body(request)
    if not request.query_params and not is_other:
        return
    template = getattr(request.scope.get("route"), "path", "")
    for operation in operations(request.app):
        if (operation.method, operation.template) == (request.method, template):
            given = Counter(name for name, _ in request.query_params.multi_items())
            faults = [fault for name, count in given.items() if (fault := _fault(name, count, operation))]
            if faults:
                raise invalid(*faults)
            if is_other and operation.media_types and media_type not in operation.media_types:
                raise _other_type(media_type, operation.media_types)


def _refuse_other_charset(request: Request) -> None:
    """JSON is UTF-8 (RFC 8259 §8.1); what says that it is something else would be read as what it is not."""
    declared = _CHARSET.search(request.headers.get("content-type", ""))
    if declared and declared[1].lower() not in _UTF_8:
        raise UnsupportedMediaType(
            f"The body is said to be in {declared[1][:LONGEST_NAMED]}; send JSON in UTF-8",
            f"请求体声明为 {declared[1][:LONGEST_NAMED]} 编码；请发送 UTF-8 编码的 JSON",
        )


def _has_body(request: Request) -> bool:
    """As its headers say (RFC 9112 §6.3): nothing is taken in to find out."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")


def _other_type(media_type: str, taken: tuple[str, ...]) -> UnsupportedMediaType:
    if "application/json" not in taken:
        types = ", ".join(taken)
        return UnsupportedMediaType(
            f"The body is said to be {media_type or 'of no type'}; say Content-Type: {taken[0]}, or one of {types}",
            f"请求体声明为 {media_type or '（未声明类型）'}；请注明 Content-Type: {taken[0]}，或 {types} 之一",
        )
    return UnsupportedMediaType(
        f"The body is said to be {media_type or 'of no type'}; send JSON, with Content-Type: application/json",
        f"请求体声明为 {media_type or '（未声明类型）'}；请发送 JSON，并注明 Content-Type: application/json",
    )


def _fault(name: str, count: int, operation: Operation) -> FieldFault | None:
    known, name = operation.parameters, name[:LONGEST_NAMED]
    if not known:
        return FieldFault(
            "remove it; this address takes no query parameters", "此处不接受查询参数，请删除", parameter=name
        )
    if name not in known:
        return FieldFault(
            f"there is no such query parameter; known here: {', '.join(known)}",
            f"没有这个查询参数；可用的有：{'、'.join(known)}",
            parameter=name,
        )
    return FieldFault("give it once", "只能填写一次", parameter=name) if count > 1 else None


OnlyWhatIsTaken = Depends(_refuse_what_is_not_taken)
"""For every route: an unknown query parameter is refused as an unknown field of a body is, and what is no JSON too."""
