"""A scenario list as one document: what is frozen, digested and published, to the byte."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from common.contracts.words import ScenarioLevel
from common.fields import OrganisationKey

Document = Mapping[str, Any]
"""JSON, as `document` makes it."""
OF_DEMAND = (
    "title",
    "need",
    "clauses",
    "domain",
    "tracks",
    "division",
    "locality",
    "budget_min_fen",
    "budget_max_fen",
    "currency",
    "opens_at",
    "closes_at",
    "procurement_route",
    "docking",
    "policies",
    "owner",
    "owner_name",
)
"""What an entry keeps of the public text of a demand; that has no contact, and an entry does not either."""


class Edition(Protocol):
    """What is told of a list beside its entries."""

    @property
    def id(self) -> UUID: ...
    @property
    def year(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def edition(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def note(self) -> str | None: ...
    @property
    def owner_key(self) -> OrganisationKey: ...
    @property
    def owner_name(self) -> str: ...
    @property
    def supersedes(self) -> UUID | None: ...
    @property
    def reason(self) -> str | None: ...


class Listed(Protocol):
    """A demand in a list, with its public text at one version."""

    @property
    def demand_id(self) -> UUID: ...
    @property
    def demand_version(self) -> int: ...
    @property
    def level(self) -> ScenarioLevel | None: ...
    @property
    def text(self) -> Mapping[str, Any]: ...


def entry_text(listed: Listed) -> dict[str, Any]:
    """An entry as it is published; a member that the demand does not have is null."""
    return {
        "demand_id": str(listed.demand_id),
        "demand_version": listed.demand_version,
        "level": str(listed.level) if listed.level else None,
        **{name: listed.text.get(name) for name in OF_DEMAND},
    }


def document(edition: Edition, entries: Sequence[Listed]) -> dict[str, Any]:
    """All that is published of a list but for the moment, so that its digest is the same frozen and published.

    entries  in the order of the list
    """
    return {
        "id": str(edition.id),
        "year": edition.year,
        "batch": edition.batch,
        "edition": edition.edition,
        "title": edition.title,
        "note": edition.note,
        "owner": edition.owner_key.model_dump(),
        "owner_name": edition.owner_name,
        "supersedes": str(edition.supersedes) if edition.supersedes else None,
        "reason": edition.reason,
        "entries": [entry_text(one) for one in entries],
    }
