"""Whose ranking it is, and what of a match is worth telling again."""

import re
from enum import StrEnum
from typing import Any

from common.contracts.matcher import MatchSnapshot


class SubjectKind(StrEnum):
    """One demand against profiles, or one profile against demands."""

    DEMAND = "demand"
    PROFILE = "profile"


_SENTENCE_ENDS = re.compile(r"[\n。！？；!?;]|\. ")
_HEADLINE_LENGTH = 120


def headline_of(text: str) -> str:
    """The first sentence or line of a text, cut where no headline is that long."""
    first = next((piece.strip() for piece in _SENTENCE_ENDS.split(text) if piece.strip()), text)
    return first[:_HEADLINE_LENGTH].strip()


_NOT_NEWS = {"version", "ranking_id", "computed_at", "profile_version"}


def told(match: MatchSnapshot) -> dict[str, Any]:
    """What its readers learn from a match; while it stays the same, a new computation is not announced."""
    return match.model_dump(exclude=_NOT_NEWS)
