"""Reads and writes demands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from typing import cast as cast_type
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from catalog.demands.filters import DemandFilters
from catalog.demands.models import Demand
from catalog.demands.rules import UNPUBLISHED
from catalog.organisations.models import Organisation
from common import copying
from common.contracts.words import DemandState
from common.deadlines import DeadlineRow
from common.errors import NotFound
from common.fields import OrganisationKey
from common.lines import Line, Statement
from common.pagination import PageRequest
from common.rawjson import Stored, plain, stored

_DEMANDS = cast_type(Table, Demand.__table__)
_NOT_OVER = (*UNPUBLISHED, DemandState.PUBLISHED)
Row = Mapping[str, Any]
"""As the driver gives it, by column name."""
_IS_PUBLIC = Demand.published_at.is_not(None)
_ORGANISATION = Organisation.__table__
# Built once, of tables rather than classes: for one row, composing and loading would cost more than the query.
_ROWS = select(
    *(plain(column) for column in Demand.__table__.columns if column.key != "search"),
    _ORGANISATION.c.name.label("owner_name"),
).join_from(Demand.__table__, _ORGANISATION)
_ROW = _ROWS.where(Demand.__table__.c.id == bindparam("demand_id"))
_PUBLIC_ROW = _ROW.where(_IS_PUBLIC)
_WHICH_TEXT: Select[Any] = select(
    *(
        Demand.__table__.c[name]
        for name in ("id", "version", "updated_at", "published_at", "owner_scheme", "owner_code")
    ),
    _ORGANISATION.c.name.label("owner_name"),
).join_from(Demand.__table__, _ORGANISATION)
_AMONG = Demand.__table__.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
# Whoever asks for one that was merged is sent on, which is the route's to do.
_IS_READ = Demand.state != DemandState.MERGED
_PRESENT_TEXTS = Statement(_WHICH_TEXT.where(_IS_PUBLIC, _IS_READ, _AMONG))


class PublicText(NamedTuple):
    """All that the bytes of a public demand depend on, and whose it is. `updated_at` tells a version from one that a
    restored backup had under the same number."""

    id: UUID
    version: int
    updated_at: datetime
    owner_name: str
    owner_scheme: str
    owner_code: str


class Newest(NamedTuple):
    """The first page of a list of public demands, newest first."""

    statement: Statement
    limit: int


def no_such_demand() -> NotFound:
    """Also said of a demand that the caller may not see: whether it exists is private too."""
    return NotFound("There is no such demand, or it is not public", "没有该需求，或该需求尚未公开")


async def locked(session: AsyncSession, demand_id: UUID) -> Demand | None:
    """A demand, whosever it is, which nobody else changes before this transaction ends."""
    wanted = select(Demand).where(Demand.id == demand_id).with_for_update(of=Demand)
    return (await session.scalars(wanted)).one_or_none()


async def with_old_contact(
    session: AsyncSession, states: Collection[DemandState], before: datetime, limit: int
) -> Sequence[Demand]:
    """Demands in these states that nothing has happened to since, with a contact, locked; others' locks are passed
    by."""
    wanted = select(Demand).where(Demand.state.in_(states), Demand.updated_at < before, Demand.contact.is_not(None))
    locked = wanted.order_by(Demand.updated_at).limit(limit).with_for_update(of=Demand, skip_locked=True)
    return (await session.scalars(locked)).all()


async def closing_unplanned(session: AsyncSession, what: str, at: datetime) -> list[tuple[UUID, datetime]]:
    """Published demands whose closing time has passed by `at` and that have no deadline of this kind: id and time."""
    return await _unplanned(session, what, Demand.closes_at, Demand.closes_at <= at)


async def opening_unplanned(session: AsyncSession, what: str, at: datetime) -> list[tuple[UUID, datetime]]:
    """Published demands that open after `at` and have no deadline of this kind: id and time. Whether an opening that
    has passed was told of cannot be seen here."""
    return await _unplanned(session, what, Demand.opens_at, Demand.opens_at > at)


async def _unplanned(
    session: AsyncSession, what: str, time: InstrumentedAttribute[datetime | None], is_wanted: ColumnElement[bool]
) -> list[tuple[UUID, datetime]]:
    is_planned = exists().where(DeadlineRow.what == what, DeadlineRow.key == Demand.id)
    found = select(Demand.id, time).where(Demand.state == DemandState.PUBLISHED, is_wanted, ~is_planned)
    return [(demand_id, due_at) for demand_id, due_at in await session.execute(found) if due_at]


async def overdue_since(session: AsyncSession, at: datetime) -> datetime | None:
    """The first closing time before `at` of a demand that is still published."""
    due = select(func.min(Demand.closes_at)).where(Demand.state == DemandState.PUBLISHED, Demand.closes_at <= at)
    since: datetime | None = await session.scalar(due)
    return since


async def visible_demand(
    session: AsyncSession, demand_id: UUID, viewer: OrganisationKey | None, seen: Collection[DemandState]
) -> Stored:
    """The stored row with `owner_name`, what is private included. Raises NotFound for another's unpublished demand.

    seen  states in which the viewer sees others' unpublished demands
    """
    own = Demand.owned_by(viewer) if viewer else false()
    wanted = _PUBLIC_ROW if viewer is None else _ROW.where(or_(_IS_PUBLIC, own, Demand.state.in_(seen)))
    row = (await session.execute(wanted, {"demand_id": demand_id})).mappings().one_or_none()
    if row is None:
        raise no_such_demand()
    return stored(row)


async def page(
    session: AsyncSession, filters: DemandFilters, viewer: OrganisationKey | None, wanted: PageRequest
) -> list[Stored]:
    """Up to `limit + 1` rows, newest first: public ones by publication, the viewer's own (`mine`) and those that wait
    for review (`for_review`) by creation."""
    moment = Demand.published_at if filters.is_public else Demand.created_at
    scope = Demand.owned_by(viewer) if filters.mine and viewer else _IS_PUBLIC
    if filters.for_review:
        scope = Demand.state.in_((DemandState.SUBMITTED, DemandState.UNDER_REVIEW))
    rows = _ROWS.where(scope, *_conditions(filters)).order_by(moment.desc(), Demand.id.desc())
    if wanted.after:
        rows = rows.where(tuple_(moment, Demand.id) < wanted.after)
    return [stored(row) for row in (await session.execute(rows.limit(wanted.limit + 1))).mappings()]


async def present_texts(line: Line, ids: Sequence[UUID]) -> dict[UUID, PublicText]:
    """Of those demands that are public, the text that everyone reads now."""
    rows = await _PRESENT_TEXTS.rows(line, ids=ids)
    return {row["id"]: public_text(row) for row in rows}


def newest(state: DemandState | None, limit: int) -> Newest:
    """Of all public demands, or of those in a state."""
    rows = _WHICH_TEXT.where(_IS_PUBLIC).order_by(Demand.published_at.desc(), Demand.id.desc())
    if state is not None:
        rows = rows.where(Demand.state == state)
    return Newest(Statement(rows.limit(limit + 1)), limit)


async def newest_texts(line: Line, lists: Sequence[Newest]) -> dict[Newest, Sequence[Row]]:
    """Up to `limit + 1` rows of each list: what `public_text` reads, and `published_at`. Rows that say the same are
    equal."""
    return {one: await one.statement.rows(line) for one in lists}


async def public_rows(session: AsyncSession, ids: Sequence[UUID]) -> dict[PublicText, Stored]:
    found = (await session.execute(_ROWS.where(_IS_PUBLIC, _AMONG), {"ids": ids})).mappings()
    return {public_text(row): stored(row) for row in found}


def public_text(row: Mapping[Any, Any]) -> PublicText:
    return PublicText(*(row[name] for name in PublicText._fields))


async def same_text(session: AsyncSession, demand: Demand) -> UUID | None:
    """The owner's first demand that is not over, was drafted before this one, and says the same."""
    wanted = select(Demand.id).where(
        Demand.owned_by(demand.owner_key),
        Demand.title == demand.title,
        Demand.kind == demand.kind,
        Demand.need == demand.need,
        Demand.clauses == demand.clauses,
        Demand.state.in_(_NOT_OVER),
        tuple_(Demand.created_at, Demand.id) < (demand.created_at, demand.id),
    )
    return (await session.scalars(wanted.order_by(Demand.created_at, Demand.id).limit(1))).first()


def add(session: AsyncSession, demand: Demand) -> None:
    session.add(demand)


async def add_many(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add demands of equal columns, as COPY takes them, in a transaction that has begun."""
    if rows:
        await copying.copy(session, Demand.__tablename__, list(rows[0]), [tuple(row.values()) for row in rows])


_ASKED = func.unnest(bindparam("titles", type_=ARRAY(Text))).table_valued("title", name="asked").render_derived()
_TITLED_NAMES = ("id", "kind", "title", "need", "clauses", "state", "owner_scheme", "owner_code", "created_at")
# Each title is looked up by itself, which OFFSET holds the planner to: a plan made while there were few demands would
# compare every demand with every title, for as long as the connection lives.
_TITLED = (
    select(*(Demand.__table__.c[name] for name in _TITLED_NAMES))
    .where(Demand.title == _ASKED.c.title)
    .offset(0)
    .lateral("titled")
)


def with_titles(owner: OrganisationKey) -> Select[Any]:
    """The owner's demands that are not over, and everybody's published ones, with one of `titles`; oldest first."""
    is_own = (_TITLED.c.owner_scheme == owner.scheme, _TITLED.c.owner_code == owner.code)
    own = and_(*is_own, _TITLED.c.state.in_(_NOT_OVER))
    found = select(_TITLED).select_from(_ASKED).join(_TITLED, true())
    seen = found.where(or_(own, _TITLED.c.state == DemandState.PUBLISHED))
    return seen.order_by(_TITLED.c.created_at, _TITLED.c.id)


async def titled(session: AsyncSession, owner: OrganisationKey, titles: Collection[str]) -> list[Stored]:
    """Demands as `with_titles` selects them. `titles` are told once each."""
    found = await session.execute(with_titles(owner), {"titles": list(titles)})
    return [stored(row) for row in found.mappings()]


def _conditions(filters: DemandFilters) -> list[ColumnElement[bool]]:
    equal = ((Demand.kind, filters.kind), (Demand.domain, filters.domain), (Demand.state, filters.state))
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    if filters.track:
        conditions.append(Demand.tracks.contains([filters.track]))
    if filters.division_prefix:
        conditions.append(Demand.division.startswith(filters.division_prefix))
    if filters.policy_id:
        conditions.append(Demand.policy_ids.contains([filters.policy_id]))
    if filters.owner_key:
        conditions.append(Demand.owned_by(filters.owner_key))
    if filters.q:
        conditions.append(Demand.found_by(filters.q))
    return conditions
