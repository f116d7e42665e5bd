"""Makes many drafts at once, as imports do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
from common.errors import FieldFault
from common.fields import OrganisationKey
from common.lifecycle import Transition
from common.sealed import vault_of
from common.search.tokens import index_tokens

_JSON = frozenset({"clauses", "locality", "contact"})
_LISTS = frozenset({"tracks", "policies", "policy_ids"})
_PLAIN = tuple(name for name in DemandContent.model_fields if name not in _JSON | _LISTS)


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


Prepared = NewDraft | Sequence[FieldFault]
"""A draft to be written, or what rules have against it."""


def prepared(caller: Principal, content: DemandContent, bounds: Bounds) -> Prepared:
    """All of a draft that needs no database."""
    if faults := (*rules.asker_faults(content.kind, caller.roles), *terms.faults(content, bounds)):
        return faults
    key, draft_id = caller.organisation, new_id()
    texts = (content.title, content.need, *(clause.text for clause in content.clauses))
    row = {
        **{name: getattr(content, name) for name in _PLAIN},
        **{name: _json(getattr(content, name)) for name in _JSON},
        "tracks": tracks.resolved(content.tracks, bounds.tracks),
        "policies": list(content.policies),
        "policy_ids": list(content.policy_ids),
        "search": index_tokens(texts),
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


def _json(value: object) -> str | None:
    return None if value is None else to_json(value).decode()


def _sealed(session: AsyncSession, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """COPY takes values as they are."""
    return {**row, "contact": row["contact"] and vault_of(session).seal_text(row["contact"])}


async def draft_many(
    session: AsyncSession, caller: Principal, found: Sequence[Prepared], at: datetime
) -> list[UUID | Sequence[FieldFault]]:
    """What `draft` does, for many at once: the new id of each, or what rules have against it."""
    await organisations.of_caller(session, caller, at)
    drafts = [one for one in found if isinstance(one, NewDraft)]
    await repository.add_many(session, [_sealed(session, draft.row) for draft in drafts])
    begun: AnyTransition = Transition(history.CREATE, None, rules.LIFE.initial, Actor.OWNER, at)
    await history.record_many(session, steps.NOUN, drafts, Deed(begun, caller))
    return [one.id if isinstance(one, NewDraft) else one for one in found]
