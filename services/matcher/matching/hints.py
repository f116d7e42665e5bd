"""What the reader of an empty list of matches is told to do next."""

from uuid import UUID

from common.fields import Language
from matcher.matching.schemas import Matching

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
