"""The routes that every noun has: steps that change no content, its public versions, and who took which step."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any, NamedTuple, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel

from catalog.history.schemas import AuditOut, ChangeOut, PublicStep, StepNote, audit_json, change_json
from common.auth import PrincipalDep, VisitorDep
from common.database import ReadSessionDep
from common.errors import Forbidden, NotAllowedNow, NotFound, Unauthenticated
from common.idempotency import OnceDep
from common.pagination import Page, PageDep, PageRequest
from common.problems import problems
from common.rawjson import Stored, json_page

TAKING = problems(Unauthenticated, Forbidden, NotFound, NotAllowedNow)
_READING = problems(Unauthenticated, NotFound)
_TOKEN_OPTIONAL: dict[str, Any] = {"security": [{}]}


class PlainStep(NamedTuple):
    """A step as its route describes it. `must_say_why`: refused without a reason, which everyone who may see the
    record reads."""

    action: str
    summary: str
    description: str
    must_say_why: bool = False


class StepAsked(NamedTuple):
    """A step that somebody asks for."""

    record_id: UUID
    action: str
    reason: str | None
    response: Response


class Historied(Protocol):
    """What `add_history` reads from: Records, or a service of the same shape."""

    async def versions(self, session: Any, visitor: Any, record_id: UUID, wanted: PageRequest) -> list[Stored]: ...
    async def steps(self, session: Any, caller: Any, record_id: UUID, wanted: PageRequest) -> list[Stored]: ...


class StepRoutes(NamedTuple):
    """How the routes of a noun are named: `demand` of `/{demand_id}/submit`, and the model of its replies."""

    noun: str
    reply: type[BaseModel]


Take = Callable[[Any, StepAsked], Awaitable[BaseModel]]
"""Takes a step for who acts, sets the ETag of the response and returns the reply."""


def add_steps(
    router: APIRouter, routes: StepRoutes, steps: Iterable[PlainStep], changing: Callable[..., Any], take: Take
) -> None:
    """A route `POST /{id}/{action}` for each step.

    changing  the dependency that says who acts, given to `take`
    """
    for step in steps:
        endpoint = _reasoned if step.must_say_why else _noted
        router.add_api_route(
            f"/{{{routes.noun}_id}}/{step.action}",
            endpoint(step.action, Path(alias=f"{routes.noun}_id"), Depends(changing), take),
            methods=["POST"],
            name=f"{step.action.replace('-', '_')}_{routes.noun}",
            summary=step.summary,
            description=step.description,
            response_model=routes.reply,
            responses=TAKING,
        )


def _noted(action: str, path: Any, changing: Any, take: Take) -> Callable[..., Awaitable[BaseModel]]:
    async def route(
        record_id: Annotated[UUID, path],
        who: Annotated[Any, changing],
        once: OnceDep,
        response: Response,
        body: StepNote | None = None,
    ) -> BaseModel:
        return once.keep(await take(who, StepAsked(record_id, action, body.reason if body else None, response)))

    return route


def _reasoned(action: str, path: Any, changing: Any, take: Take) -> Callable[..., Awaitable[BaseModel]]:
    async def route(
        record_id: Annotated[UUID, path],
        who: Annotated[Any, changing],
        once: OnceDep,
        response: Response,
        body: PublicStep,
    ) -> BaseModel:
        return once.keep(await take(who, StepAsked(record_id, action, body.reason, response)))

    return route


def add_history(router: APIRouter, noun: str, title: str, records: Historied) -> None:
    """Routes `GET /{id}/versions` for everyone, and `GET /{id}/steps` for those whom a record concerns.

    title  what one is called in a sentence, with its article: `a policy`
    """
    router.add_api_route(
        f"/{{{noun}_id}}/versions",
        _versions(Path(alias=f"{noun}_id"), records),
        name=f"list_{noun}_versions",
        summary=f"List the public versions of {title}, newest first",
        response_model=Page[ChangeOut],
        responses=_READING,
        openapi_extra=_TOKEN_OPTIONAL,
    )
    add_taken(router, noun, title, records)


def add_taken(router: APIRouter, noun: str, title: str, records: Historied) -> None:
    """The route of the steps alone, for a noun that is never public."""
    router.add_api_route(
        f"/{{{noun}_id}}/steps",
        _steps(Path(alias=f"{noun}_id"), records),
        name=f"list_{noun}_steps",
        summary=f"List who took which step of {title}, newest first",
        response_model=Page[AuditOut],
        responses=_READING | problems(Forbidden),
    )


def _versions(path: Any, records: Historied) -> Callable[..., Awaitable[Response]]:
    async def route(
        record_id: Annotated[UUID, path], page: PageDep, visitor: VisitorDep, session: ReadSessionDep, request: Request
    ) -> Response:
        """What everyone could read after each public step."""
        rows = await records.versions(session, visitor, record_id, page)
        return json_page(request, page, rows, lambda row: (row["changed_at"], row["id"]), change_json)

    return route


def _steps(path: Any, records: Historied) -> Callable[..., Awaitable[Response]]:
    async def route(
        record_id: Annotated[UUID, path], page: PageDep, caller: PrincipalDep, session: ReadSessionDep, request: Request
    ) -> Response:
        """Who, when, from which state to which, and why; for those whom it concerns."""
        rows = await records.steps(session, caller, record_id, page)
        return json_page(request, page, rows, lambda row: (row["at"], row["id"]), audit_json)

    return route
