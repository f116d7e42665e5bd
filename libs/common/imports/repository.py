"""SQL of imports and their rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Select, Text, Uuid, bindparam, delete, func, or_, select, tuple_, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from common import copying
from common.errors import NotFound
from common.fields import OrganisationKey
from common.imports.models import Import, ImportRow
from common.imports.reading import StoredRow
from common.imports.rules import UNFINISHED, ImportState, RowState
from common.pagination import PageRequest
from common.sealed import vault_of

_COMMITTABLE = (RowState.GOOD, RowState.WARNED)
_JSON = ("content", "cells", "remarks")
_SEALED = ("content", "cells")


async def add(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Keep a file, unless the organisation has sent it before; whether it is new."""
    kept = insert(Import).values(**values).on_conflict_do_nothing().returning(Import.id)
    return (await session.scalar(kept)) is not None


async def by_digest(session: AsyncSession, owner: OrganisationKey, digest: str) -> Import:
    wanted = _own(owner).where(Import.digest == digest)
    return (await session.scalars(wanted)).one()


async def own(session: AsyncSession, owner: OrganisationKey, import_id: UUID, *, lock: bool = False) -> Import:
    """Raises NotFound for another organisation's too."""
    wanted = _own(owner).where(Import.id == import_id)
    found = (await session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()
    if found is None:
        raise NotFound(f"There is no import {import_id} of yours", f"没有编号为 {import_id} 的导入")
    return found


async def page(session: AsyncSession, owner: OrganisationKey, wanted: PageRequest) -> Sequence[Import]:
    """Up to `limit + 1`, newest first."""
    rows = _own(owner).order_by(Import.created_at.desc(), Import.id.desc())
    if wanted.after:
        rows = rows.where(tuple_(Import.created_at, Import.id) < wanted.after)
    return (await session.scalars(rows.limit(wanted.limit + 1))).all()


def _own(owner: OrganisationKey) -> Select[Import]:
    return select(Import).where(Import.organisation_scheme == owner.scheme, Import.organisation_code == owner.code)


async def rows(
    session: AsyncSession, import_id: UUID, state: RowState | None, *, after: int, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit + 1` rows in the order of the file; JSON columns as text."""
    columns = (as_type(column, Text).label(column.key) if column.key in _JSON else column for column in _columns())
    wanted = select(*columns).where(ImportRow.import_id == import_id, ImportRow.number > after)
    if state is not None:
        wanted = wanted.where(ImportRow.state == state)
    found = await session.execute(wanted.order_by(ImportRow.number).limit(limit + 1))
    vault = vault_of(session)
    return [{**row, **{name: vault.open_text(row[name]) for name in _SEALED}} for row in found.mappings()]


def _columns() -> Sequence[Any]:
    return [column for column in ImportRow.__table__.columns if column.key != "import_id"]


async def waiting_count(session: AsyncSession, owner: OrganisationKey) -> int:
    unfinished = _own(owner).where(Import.state.in_(UNFINISHED)).subquery()
    return (await session.execute(select(func.count()).select_from(unfinished))).scalar_one()


async def claim(session: AsyncSession, at: datetime, *, lease_s: float) -> Import | None:
    """The import that has waited longest and that nobody holds, with its content, leased to the caller."""
    free = or_(Import.leased_until.is_(None), Import.leased_until < at)
    wanted = select(Import).where(Import.state.in_(UNFINISHED), free).order_by(Import.created_at).limit(1)
    found = await session.scalar(wanted.options(undefer(Import.content)).with_for_update(skip_locked=True))
    if found is not None:
        found.leased_until, found.attempt_count = at + timedelta(seconds=lease_s), found.attempt_count + 1
    return found


async def held(session: AsyncSession, import_id: UUID, attempt: int, at: datetime, *, lease_s: float) -> Import | None:
    """The import, locked and its lease renewed, if it is still the caller's by this attempt."""
    wanted = select(Import).where(Import.id == import_id, Import.attempt_count == attempt)
    found = await session.scalar(wanted.with_for_update())
    if found is not None:
        found.leased_until = at + timedelta(seconds=lease_s)
    return found


async def clear(session: AsyncSession, import_id: UUID) -> None:
    """Drop rows of a reading that did not come to its end."""
    await session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))


async def copy(session: AsyncSession, import_id: UUID, found: Sequence[StoredRow]) -> None:
    """Add rows to an import that is `held`."""
    names = ["import_id", *StoredRow._fields]
    vault = vault_of(session)
    sealed = [row._replace(content=vault.seal_text(row.content), cells=vault.seal_text(row.cells)) for row in found]
    await copying.copy(session, "import_rows", names, [(import_id, *row) for row in sealed])


class UncommittedRow(NamedTuple):
    """A row that has become nothing yet; `content` is JSON."""

    number: int
    state: RowState
    content: str


async def uncommitted(session: AsyncSession, import_id: UUID, *, after: int, limit: int) -> list[UncommittedRow]:
    """The next rows to commit behind a number, in the order of the file."""
    wanted = select(ImportRow.number, ImportRow.state, as_type(ImportRow.content, Text)).where(
        ImportRow.import_id == import_id,
        ImportRow.number > after,
        ImportRow.subject_id.is_(None),
        ImportRow.state.in_(_COMMITTABLE),
    )
    vault, found = vault_of(session), await session.execute(wanted.order_by(ImportRow.number).limit(limit))
    return [UncommittedRow(number, state, vault.open_text(content)) for number, state, content in found]


_PAIRS = (
    func.unnest(bindparam("numbers", type_=ARRAY(Integer)), bindparam("subjects", type_=ARRAY(Uuid)))
    .table_valued("number", "subject_id", name="pairs")
    .render_derived()
)


async def settle(
    session: AsyncSession, import_id: UUID, subjects: Mapping[int, UUID], *, state: RowState | None = None
) -> None:
    """Say what rows became, or what is there already that they repeat (`state` is then SAME)."""
    values: dict[str, Any] = {"subject_id": _PAIRS.c.subject_id} | ({"state": state} if state else {})
    mine = (ImportRow.import_id == import_id, ImportRow.number == _PAIRS.c.number)
    given = {"numbers": list(subjects), "subjects": list(subjects.values())}
    if subjects:
        changed = update(ImportRow).where(*mine).values(**values)
        await session.execute(changed, given, execution_options={"synchronize_session": False})


async def refuse_row(session: AsyncSession, import_id: UUID, number: int, remarks: Sequence[Mapping[str, Any]]) -> None:
    """What could be committed when it was read and no longer can."""
    mine = (ImportRow.import_id == import_id, ImportRow.number == number)
    await session.execute(update(ImportRow).where(*mine).values(state=RowState.BAD, remarks=list(remarks)))


async def forget(session: AsyncSession, before: datetime) -> None:
    """Drop imports, with their rows, that nothing has happened to since."""
    settled = Import.state.not_in((ImportState.WAITING, ImportState.READING, ImportState.COMMITTING))
    await session.execute(delete(Import).where(Import.updated_at < before, settled))
