"""Fingerprints the inputs of a ranking, so that anybody can check later that a list came from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common import canonical

Versioned = tuple[UUID, int]
"""A demand or profile by id and version."""


@dataclass(frozen=True)
class Inputs:
    """Everything a ranking depends on: equal inputs give the equal list, in order and score."""

    subject_kind: str
    subject: Versioned
    considered: Sequence[Versioned]
    model_id: str
    ranker_version: str
    settings: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The object that is digested; the order in which things were considered does not count."""
        considered = sorted([str(one), version] for one, version in self.considered)
        return {
            "subject": {"kind": self.subject_kind, "id": str(self.subject[0]), "version": self.subject[1]},
            "considered": considered,
            "model": self.model_id,
            "ranker": self.ranker_version,
            "settings": self.settings,
        }


def digest(inputs: Inputs) -> str:
    """SHA-256 of the inputs' canonical JSON (RFC 8785), in hexadecimal."""
    return canonical.digest(inputs.document())
