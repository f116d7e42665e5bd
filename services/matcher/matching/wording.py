"""Replies in the language of who reads them: reasons, summaries, and what to do about an empty list."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from common.contracts.matcher import ClauseVerdict
from common.fields import Language
from matcher.engine.verdicts.reasons import in_language
from matcher.engine.verdicts.summary import summary
from matcher.matching.schemas import Matching

Shown = TypeVar("Shown", bound=BaseModel)

_PENDING = {
    "en": "Still being matched; ask again in a few seconds.",
    "zh": "正在匹配，请几秒后再查询。",
}
_UNKNOWN = {
    "en": "It has not arrived here; if it was published a moment ago, ask again in a few seconds.",
    "zh": "此处尚无该需求或画像；如刚刚发布，请几秒后再查询。",
}
_NOBODY = {
    "en": "Nobody fits now.",
    "zh": "目前没有合适的对象。",
}
_NEAREST = {
    "en": "Nobody fits now. The owner sees who comes nearest, and what they lack, at GET /v1/demands/{id}/nearest.",
    "zh": "目前没有合适的企业。需求方可通过 GET /v1/demands/{id}/nearest 查看最接近者及其不足。",
}


def hint(matching: Matching, demand_id: UUID | None, language: Language | None) -> str:
    """In English unless Chinese is asked for."""
    spoken = language or "en"
    match matching:
        case Matching.PENDING:
            return _PENDING[spoken]
        case Matching.UNKNOWN:
            return _UNKNOWN[spoken]
        case Matching.DONE:
            return _NEAREST[spoken].format(id=demand_id) if demand_id else _NOBODY[spoken]


def spoken(shown: Shown, language: Language | None) -> Shown:
    """A reply with its verdicts, at any depth, and their summaries in this language; None leaves those of the demand.

    What is quoted from either side stays as it was written.
    """
    if language is None:
        return shown
    changed: dict[str, Any] = {name: _spoken(each, language) for name, each in shown if isinstance(each, list | tuple)}
    if "verdicts" in changed and hasattr(shown, "summary"):
        changed["summary"] = summary(changed["verdicts"], language)
    return shown.model_copy(update=changed)


def _spoken(items: Sequence[Any], language: Language) -> Sequence[Any]:
    if items and all(isinstance(each, ClauseVerdict) for each in items):
        return in_language(items, language)
    return type(items)(spoken(each, language) if isinstance(each, BaseModel) else each for each in items)  # type: ignore[call-arg]
