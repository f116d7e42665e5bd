"""What a service says of the noun that its imports become."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Principal
from common.errors import FieldFault
from common.imports.understanding import Body, Understood
from common.sheets.headers import Columns
from common.tracks import Tracks


class Context(NamedTuple):
    """What rows are read against: who imports, of which kind they are, when, and the tracks there are."""

    caller: Principal
    kind: str
    at: datetime
    tracks: Tracks


class Known(NamedTuple):
    """Something there already that a row repeats: word by word, or probably."""

    id: UUID
    is_same: bool
    detail: str
    detail_zh: str


class RefusedRow(NamedTuple):
    """What speaks against a row now, though it was good when it was read."""

    faults: Sequence[FieldFault]


Prepared = TypeVar("Prepared")


class Noun(Protocol[Prepared]):
    """Demands, or profiles. `name` is its word in addresses, `singular` in sentences."""

    name: str
    columns: Columns
    kinds: Sequence[str]
    schema: type[BaseModel]

    def refuse_caller(self, caller: Principal, kind: str) -> None:
        """Raises Forbidden when the caller may not make one of this kind."""

    def complete(self, row: Understood, context: Context) -> None:
        """Makes the body whole, for the schema to check; pure, a row at a time."""

    def faults(self, content: Any, context: Context) -> Sequence[FieldFault]:
        """What rules have against content that the schema accepts."""

    def identity(self, body: Body) -> tuple[str, str]:
        """What two equal rows have in common, and what two probable repeats have."""

    async def twins(self, session: AsyncSession, caller: Principal, bodies: Sequence[Body]) -> Sequence[Known | None]:
        """For each body what it repeats of what the caller may see, None for one that is new."""

    def prepare(self, context: Context, bodies: Sequence[Body]) -> Sequence[Prepared | RefusedRow]:
        """All that can be computed of each body before it is written; pure, and called in another thread. The schema
        has checked them and is not asked again; what time, roles and settings have against them is."""

    async def write(self, session: AsyncSession, context: Context, prepared: Sequence[Prepared]) -> Sequence[UUID]:
        """Makes each one of the caller's own; their ids."""
