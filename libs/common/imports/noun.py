"""What a service says of the noun that its imports become."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

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


Written = UUID | Sequence[FieldFault]
"""The id of what a row became, or what speaks against it now."""
Prepared = TypeVar("Prepared")


class Noun(Protocol[Prepared]):
    """Demands, or profiles. `name` is its word in addresses, `singular` in sentences."""

    name: str
    columns: Columns
    kinds: Sequence[str]

    def refuse_caller(self, caller: Principal, kind: str) -> None:
        """Raises Forbidden when the caller may not make one of this kind."""

    def complete(self, row: Understood, context: Context) -> None:
        """Makes the body whole and says what rules have against it; pure, a row at a time."""

    def identity(self, body: Body) -> tuple[str, str]:
        """What two equal rows have in common, and what two probable repeats have."""

    async def twins(self, session: AsyncSession, caller: Principal, bodies: Sequence[Body]) -> Sequence[Known | None]:
        """For each body what it repeats of what the caller may see, None for one that is new."""

    def prepare(self, context: Context, bodies: Sequence[Body]) -> Sequence[Prepared]:
        """All that can be computed of each body before it is written; pure, and called in another thread."""

    async def write(self, session: AsyncSession, context: Context, prepared: Sequence[Prepared]) -> Sequence[Written]:
        """Makes each one of the caller's own, or says why it no longer can be."""
