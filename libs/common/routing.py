"""Routers whose routes are whole once they are declared, so that an app takes them as they are."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from common.operations import OnlyWhatIsTaken
from common.permissions.enforced import Permitted


class GuardedRouter(APIRouter):
    """A router whose routes first ask the table of permissions, and refuse what their operation does not take.

    `FastAPI.include_router` would build each route a second time in every app: half a second for three hundred of them.
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        tags: list[str | Enum] | None = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(
            prefix=prefix,
            tags=tags,
            responses=responses,
            dependencies=[Permitted, OnlyWhatIsTaken],
            generate_unique_id_function=lambda route: route.name,
        )


def guarded(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    """All routes of the routers. Raises ValueError naming one that would let in whoever asks."""
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute) or Permitted not in route.dependencies:
                raise ValueError(f"{_name(route)} asks no table of permissions: declare it on a GuardedRouter")
            yield route


def _name(route: BaseRoute) -> str:
    return getattr(route, "path", None) or type(route).__name__
