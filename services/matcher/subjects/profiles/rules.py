"""What may happen to a profile, and which validations are evidence of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from common.contracts.validations import ValidationSnapshot
from common.contracts.words import ValidationState
from common.errors import NotAllowedNow


class ProfileState(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class ProfileVisibility(StrEnum):
    """Who may read a profile beside its organisation: everyone; owners of demands that it matches now; nobody, and then
    it is matched with nothing."""

    PUBLIC = "public"
    PARTIES = "parties"
    HIDDEN = "hidden"


def refuse_withdrawn(state: ProfileState) -> None:
    if state is ProfileState.WITHDRAWN:
        raise NotAllowedNow(
            "A withdrawn profile is not changed any more; make a new one", "能力画像已撤回，不能再修改，请新建"
        )


def heard(known: Mapping[str, Any], told: ValidationSnapshot) -> dict[str, Any] | None:
    """What is known of validations once this one was heard of; None when as new a version of it was heard before. One
    that is evidence no longer stays known, so that an older event does not bring it back."""
    before = known.get(str(told.id))
    if before is not None and before["version"] >= told.version:
        return None
    return {**known, str(told.id): told.model_dump(mode="json")}


def in_force(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that are evidence, the last accepted first."""
    accepted = [one for one in known.values() if one["state"] == ValidationState.ACCEPTED]
    return sorted(accepted, key=lambda one: (one["accepted_at"], one["id"]), reverse=True)
