"""Makes many drafts at once, as imports do."""

from collections.abc import Sequence
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
from common.search.tokens import index_tokens

_JSON = frozenset({"clauses", "locality", "contact"})
_LISTS = frozenset({"tracks", "policies", "policy_ids"})
_PLAIN = tuple(name for name in DemandContent.model_fields if name not in _JSON | _LISTS)


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A demand that nobody has seen yet: what its row and the record of its first step need."""

    id: UUID
    content: DemandContent
    owner_key: OrganisationKey
    updated_at: datetime
    version: int = 1

    def row(self, known: tracks.Tracks) -> dict[str, Any]:
        """The columns as COPY takes them, always the same ones: JSON as text, `search` as tokens."""
        content = self.content
        texts = (content.title, content.need, *(clause.text for clause in content.clauses))
        return {
            **{name: getattr(content, name) for name in _PLAIN},
            **{name: _json(getattr(content, name)) for name in _JSON},
            "tracks": tracks.resolved(content.tracks, known),
            "policies": list(content.policies),
            "policy_ids": list(content.policy_ids),
            "search": index_tokens(texts),
            "id": self.id,
            "version": self.version,
            "state": rules.LIFE.initial,
            "owner_scheme": self.owner_key.scheme,
            "owner_code": self.owner_key.code,
            "created_at": self.updated_at,
            "updated_at": self.updated_at,
        }


def _json(value: object) -> str | None:
    return None if value is None else to_json(value).decode()


async def draft_many(
    session: AsyncSession, caller: Principal, contents: Sequence[DemandContent], bounds: Bounds
) -> list[UUID | Sequence[FieldFault]]:
    """What `draft` does, for many at once: the new id of each, or what rules have against it."""
    owner = await organisations.of_caller(session, caller, bounds.at)
    key = OrganisationKey(scheme=owner.scheme, code=owner.code)
    results: list[UUID | Sequence[FieldFault]] = []
    drafts: list[NewDraft] = []
    for content in contents:
        if faults := (*rules.asker_faults(content.kind, caller.roles), *terms.faults(content, bounds)):
            results.append(faults)
            continue
        drafts.append(NewDraft(new_id(), content, key, bounds.at))
        results.append(drafts[-1].id)
    await repository.add_many(session, [draft.row(bounds.tracks) for draft in drafts])
    begun: AnyTransition = Transition(history.CREATE, None, rules.LIFE.initial, Actor.OWNER, bounds.at)
    await history.record_many(session, steps.NOUN, drafts, Deed(begun, caller))
    return results
