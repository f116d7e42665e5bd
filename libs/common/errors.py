"""Refusals: each class carries its HTTP status, its code and its title in two languages."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

MOST_NAMED = 20
"""Faults of one request that are named at most."""


@dataclass(frozen=True)
class FieldFault:
    """One thing wrong in a request: what would be right, in two languages, and where.

    pointer    JSON Pointer into the body as a URI fragment: `#/clauses/3/kind`
    parameter  name of the path, query or header parameter
    """

    detail: str
    detail_zh: str
    _: KW_ONLY
    pointer: str | None = None
    parameter: str | None = None

    @property
    def place(self) -> str:
        return self.pointer or self.parameter or "#"


class Problem(Exception):
    """A request that is refused, or cannot be served now. `detail` and `detail_zh` say what would help."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something broke on our side"
    title_zh: ClassVar[str] = "服务器内部错误"

    def __init__(
        self,
        detail: str,
        detail_zh: str | None = None,
        *,
        faults: Sequence[FieldFault] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.detail_zh = detail_zh or detail
        self.faults = faults
        self.headers = headers or {}


class NotHttp(Problem):
    status = 400
    code = "not_http"
    title = "The request cannot be read"
    title_zh = "无法读取请求"


class Unauthenticated(Problem):
    status = 401
    code = "unauthenticated"
    title = "A valid access token is needed"
    title_zh = "需要有效的访问令牌"


class Forbidden(Problem):
    status = 403
    code = "forbidden"
    title = "This token may not do that"
    title_zh = "无权进行此操作"


class NotFound(Problem):
    status = 404
    code = "not_found"
    title = "There is nothing here"
    title_zh = "未找到"


class MethodNotAllowed(Problem):
    status = 405
    code = "method_not_allowed"
    title = "This address does not take that method"
    title_zh = "不支持的请求方法"


class NotAcceptable(Problem):
    status = 406
    code = "not_acceptable"
    title = "There is no form of it that you accept"
    title_zh = "没有所要求的格式"


class BodyTooSlow(Problem):
    status = 408
    code = "body_too_slow"
    title = "The request body did not arrive in time"
    title_zh = "请求体未在规定时间内到达"


class HeadTooSlow(Problem):
    status = 408
    code = "head_too_slow"
    title = "The request did not arrive in time"
    title_zh = "请求未在规定时间内到达"


class NotAllowedNow(Problem):
    status = 409
    code = "not_allowed_now"
    title = "The present state does not allow that"
    title_zh = "当前状态不允许此操作"


class Expired(Problem):
    status = 410
    code = "expired"
    title = "That place is no longer known"
    title_zh = "该位置已失效"


class Stale(Problem):
    status = 412
    code = "stale"
    title = "Somebody changed it since you read it"
    title_zh = "内容已被他人修改"


class TooLarge(Problem):
    status = 413
    code = "too_large"
    title = "The request body is too large"
    title_zh = "请求体过大"


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported_media_type"
    title = "This content type is not taken here"
    title_zh = "不支持的内容类型"


class InvalidInput(Problem):
    status = 422
    code = "invalid_input"
    title = "The request has fields that cannot be accepted"
    title_zh = "请求内容有误"


class IdempotencyKeyReused(Problem):
    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request"
    title_zh = "幂等键已用于另一请求"


class PreconditionRequired(Problem):
    status = 428
    code = "precondition_required"
    title = "Say which version you are changing"
    title_zh = "需要说明修改的版本"


class TooMany(Problem):
    status = 429
    code = "too_many"
    title = "You have as many of these as you may have at once"
    title_zh = "同时打开的数量已达上限"


class RateLimited(Problem):
    status = 429
    code = "rate_limited"
    title = "Too many requests"
    title_zh = "请求过于频繁"


class HeadTooLarge(Problem):
    status = 431
    code = "head_too_large"
    title = "The request's address and headers are too large"
    title_zh = "网址与请求头过大"


class Unavailable(Problem):
    """A dependency is down or too slow; nothing was stored unless the caller's retry finds it."""

    status = 503
    code = "unavailable"
    title = "Temporarily unavailable"
    title_zh = "暂时不可用"

    def __init__(self, detail: str, detail_zh: str | None = None, *, retry_after_s: int = 5) -> None:
        super().__init__(detail, detail_zh, headers={"Retry-After": str(retry_after_s)})


def invalid(*faults: FieldFault) -> InvalidInput:
    """One refusal of all these, twenty at most; its detail spells out the first three."""
    first = faults[:3]
    return InvalidInput(
        "Please check " + "; ".join(f"{fault.place}: {fault.detail}" for fault in first),
        "请检查 " + "；".join(f"{fault.place}：{fault.detail_zh}" for fault in first),
        faults=faults[:MOST_NAMED],
    )
