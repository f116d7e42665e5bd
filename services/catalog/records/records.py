"""The one way in which records of every noun are begun, moved and read."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.history import service as history
from catalog.history.rules import differences
from catalog.history.service import AnyLifecycle, AnyTransition, Deed, Told
from catalog.nouns import NounRow
from catalog.organisations import service as organisations
from catalog.records import repository
from catalog.records.changing import Changing
from catalog.records.repository import Row
from common.auth import Principal
from common.clock import new_id
from common.errors import Forbidden, NotFound
from common.etags import refuse_stale
from common.fields import OrganisationKey
from common.pagination import PageRequest
from common.rawjson import Stored
from common.roles import Role

Text = dict[str, Any]


def _nobody(_: Any) -> Iterable[OrganisationKey]:
    return ()


def private(_: Any) -> Text | None:
    """The text of a noun that is never public."""
    return None


def by_owner(party: str) -> Callable[[NounRow, Principal], Collection[str]]:
    """For a noun in which a record's owner is this party, and everybody else a stranger."""
    return lambda row, caller: (party,) if row.owner_key == caller.organisation else ()


@dataclass(frozen=True)
class Records(Generic[Row]):
    """The records of one noun.

    model     its table
    life      its life-cycle; whoever begins one is named in the audit as one of its parties
    parties   all that a caller is to a record, in words of the life-cycle; nothing: a stranger
    text      what everyone reads of a record now; None while it is private
    audience  whom a record concerns beside its owner: the event of a step that is not public names them
    open_to   parties that whoever has a role may become: until then who took which step is not theirs to read
    """

    model: type[Row]
    life: AnyLifecycle
    parties: Callable[[Row, Principal], Collection[str]]
    text: Callable[[Row], Text | None]
    audience: Callable[[Row], Iterable[OrganisationKey]] = _nobody
    open_to: frozenset[str] = frozenset()

    @property
    def noun(self) -> str:
        return self.life.noun.en

    async def begin(self, changing: Changing, party: str, **fields: Any) -> Row:
        """A new record of the caller's organisation, in the first state of its life."""
        session, caller, at = changing
        owner = await organisations.of_caller(session, caller, at)
        always = {"id": new_id(), "version": 1, "state": self.life.initial, "owner": owner}
        row = self.model(**fields, **always, **dict.fromkeys(("created_at", "updated_at"), at))
        repository.add(session, row)
        self.record(session, row, Deed(history.begun(row, party, at), caller))
        return row

    @asynccontextmanager
    async def step(
        self,
        changing: Changing,
        record_id: UUID,
        action: str,
        reason: str | None = None,
        *,
        expected: int | None = None,
    ) -> AsyncIterator[Row]:
        """Take a step; what follows from it for the record is done inside, and then the step is audited and announced.

        expected  the version that the caller read, where they must say it. Raises NotFound, Forbidden for who is
        nothing to the record, Stale, and NotAllowedNow naming what is possible instead.
        """
        row = await self.seek(changing, record_id)
        if expected is not None:
            refuse_stale(expected, row.version)
        former = self.text(row)
        parties = self.parties(row, changing.caller)
        transition = history.moved(self.life, row, action, parties, changing.at)
        yield row
        self.record(changing.session, row, Deed(transition, changing.caller, reason), former)

    async def seek(self, changing: Changing, record_id: UUID) -> Row:
        """A record that nobody else changes before the transaction ends. Raises NotFound for one that the caller may
        not see, Forbidden when it is public and the caller nothing to it; neither waits for a lock."""
        row = await self.read(changing.session, changing.caller, record_id)
        if not self.parties(row, changing.caller):
            names = list(self.life.parties.values())
            raise Forbidden(
                f"Only {' or '.join(each.en for each in names)} may do that",
                f"仅{'、'.join(each.zh for each in names)}可以进行此操作",
            )
        found = await repository.find(changing.session, self.model, record_id, lock=True)
        if found is None:
            raise self.missing()
        return found

    async def find(self, session: AsyncSession, record_id: UUID, *, lock: bool = False) -> Row | None:
        """As it is, whoever may see it."""
        return await repository.find(session, self.model, record_id, lock=lock)

    async def strike(self, session: AsyncSession, record_id: UUID, action: str, party: str, at: datetime) -> Row | None:
        """The clock's step, for a handler of deadlines; None where the record is no longer in a state for it."""
        row = await repository.find(session, self.model, record_id, lock=True)
        if row is None or action not in self.life.allowed(row.state, {party}):
            return None
        former = self.text(row)
        self.record(session, row, Deed(history.moved(self.life, row, action, {party}, at), None), former)
        return row

    def record(self, session: AsyncSession, row: Row, deed: Deed, former: Text | None = None) -> None:
        """Audit and announce a step; a public record also gets a public version.

        former  the public text before, so that readers see what became different
        """
        text = self.text(row)
        told = None
        if text is not None:
            changes = differences(former, text) if former is not None else None
            told = Told(_change(deed.transition), text, None, changes)
        history.record(session, self.noun, row, deed, told, tuple(self.audience(row)))

    async def read(self, session: AsyncSession, visitor: Principal | None, record_id: UUID) -> Row:
        """Raises NotFound for one that is neither public nor the visitor's concern."""
        row = await repository.find(session, self.model, record_id)
        if row is None or not self.is_visible(row, visitor):
            raise self.missing()
        return row

    def is_visible(self, row: Row, visitor: Principal | None) -> bool:
        # The text is the dearer of the two, and a party needs none.
        return (visitor is not None and bool(self.parties(row, visitor))) or self.text(row) is not None

    async def page(self, session: AsyncSession, wanted: PageRequest, *where: ColumnElement[bool]) -> Sequence[Row]:
        """Up to `limit + 1`, newest first. The caller of this says by `where` what may be seen."""
        return await repository.page(session, self.model, wanted, where)

    async def versions(
        self, session: AsyncSession, visitor: Principal | None, record_id: UUID, wanted: PageRequest
    ) -> list[Stored]:
        """What everyone could read of it, newest first."""
        await self.read(session, visitor, record_id)
        return await history.versions(session, record_id, wanted)

    async def steps(
        self, session: AsyncSession, caller: Principal, record_id: UUID, wanted: PageRequest
    ) -> list[Stored]:
        """Every step with who took it, newest first, for who is a party to it, and auditors. Raises NotFound,
        Forbidden."""
        if Role.AUDITOR in caller.roles:
            if await self.find(session, record_id) is None:
                raise self.missing()
        elif self.open_to.issuperset(self.parties(await self.read(session, caller, record_id), caller)):
            raise Forbidden("Only those whom it concerns read who took which step", "仅相关各方可以查看各步骤的记录")
        return await history.steps(session, record_id, wanted)

    def missing(self) -> NotFound:
        return NotFound(f"There is no such {self.noun}", f"没有该{self.life.noun.zh}")


def _change(transition: AnyTransition) -> str:
    """What everyone hears of a step: the state that it leads to, or where that stays the same, the action."""
    return str(transition.action if transition.before == transition.after else transition.after)
