"""Makes many drafts at once, as imports do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.demands import repository, rules, steps, terms
from catalog.demands.rules import Actor
from catalog.demands.schemas import DemandContent
from catalog.demands.terms import Bounds
from catalog.history import service as history
from catalog.history.service import AnyTransition, Deed
from catalog.organisations import service as organisations
from common import tracks
from common.auth import Principal
from common.clock import new_id
from common.contracts.clauses import Clause, Locality
from common.contracts.contacts import Contact
from common.contracts.words import DemandKind
from common.errors import FieldFault
from common.fields import OrganisationKey
from common.lifecycle import Transition
from common.sealed import vault_of
from common.search.tokens import index_tokens

_MOMENTS = ("opens_at", "closes_at")


def _left_out(schema: type[BaseModel]) -> dict[str, Any]:
    """What each field says that is not given; of those that must be, None."""
    fields = schema.model_fields.items()
    return {
        name: None if field.is_required() else field.get_default(call_default_factory=True) for name, field in fields
    }


_CONTENT, _CLAUSE = _left_out(DemandContent), _left_out(Clause)
_LOCALITY, _CONTACT = _left_out(Locality), _left_out(Contact)


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A demand that nobody has seen yet: its row, and what the record of its first step needs.

    row  the columns as COPY takes them, always the same ones: JSON as text, `search` as tokens
    """

    id: UUID
    owner_key: OrganisationKey
    updated_at: datetime
    row: Mapping[str, Any]
    version: int = 1


def prepared(caller: Principal, body: Mapping[str, Any], bounds: Bounds) -> NewDraft | Sequence[FieldFault]:
    """All of a draft that needs no database, or what rules have against it.

    body  a DemandContent as JSON, which the schema has checked: it is not asked again
    """
    content = {**_CONTENT, **body}
    for name in _MOMENTS:
        content[name] = content[name] and datetime.fromisoformat(content[name])
    named = terms.Terms(*(content[name] for name in terms.Terms._fields))
    if faults := (*rules.asker_faults(DemandKind(content["kind"]), caller.roles), *terms.faults(named, bounds)):
        return faults
    key, draft_id = caller.organisation, new_id()
    clauses = [_CLAUSE | clause for clause in content["clauses"]]
    row = {
        **content,
        "clauses": to_json(clauses).decode(),
        "locality": _json(_LOCALITY, content["locality"]),
        "contact": _json(_CONTACT, content["contact"]),
        "tracks": tracks.resolved(content["tracks"], bounds.tracks),
        "search": index_tokens((content["title"], content["need"], *(clause["text"] for clause in clauses))),
        "id": draft_id,
        "version": 1,
        "state": rules.LIFE.initial,
        "written_by": caller.caller,
        "owner_scheme": key.scheme,
        "owner_code": key.code,
        "created_at": bounds.at,
        "updated_at": bounds.at,
    }
    return NewDraft(draft_id, key, bounds.at, row)


def _json(left_out: Mapping[str, Any], value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else to_json({**left_out, **value}).decode()


def _sealed(session: AsyncSession, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """COPY takes values as they are."""
    return {**row, "contact": row["contact"] and vault_of(session).seal_text(row["contact"])}


async def draft_many(session: AsyncSession, caller: Principal, drafts: Sequence[NewDraft], at: datetime) -> list[UUID]:
    """What `draft` does, for many at once; their ids."""
    await organisations.of_caller(session, caller, at)
    await repository.add_many(session, [_sealed(session, draft.row) for draft in drafts])
    begun: AnyTransition = Transition(history.CREATE, None, rules.LIFE.initial, Actor.OWNER, at)
    await history.record_many(session, steps.NOUN, drafts, Deed(begun, caller))
    return [draft.id for draft in drafts]
