"""Versions over HTTP: the ETag of a reply, the If-None-Match of a reader who has it, the If-Match that a change carries
(RFC 9110 §8.8, §13.1).

The version, and in a reply to everyone a dash and a fingerprint of what else its bytes depend on: "3-9f0c2d41b7aa".
"""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Response

from common.errors import FieldFault, PreconditionRequired, Stale, invalid

_TAG = re.compile(r'^"(\d{1,9})(?:-[0-9a-f]{12})?"$')
_OPAQUE = re.compile(r'"[^"]*"')


def public_etag(version: int, beside: str) -> str:
    """A strong tag of bytes that follow from a version and from `beside`, such as a name kept elsewhere."""
    return f'"{version}-{hashlib.blake2b(beside.encode(), digest_size=6).hexdigest()}"'


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether a reader has what this tag names; compared weakly, as RFC 9110 §13.1.2 asks."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag in _OPAQUE.findall(if_none_match)


def etag(version: int) -> str:
    return f'"{version}"'


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = etag(version)


def _unsaid() -> PreconditionRequired:
    return PreconditionRequired(
        "Send If-Match with the ETag you last read", "请在 If-Match 请求头中带上最近读到的 ETag"
    )


async def _expected_version(if_match: Annotated[str | None, Header()] = None) -> int:
    if if_match is None:
        raise _unsaid()
    if match := _TAG.match(if_match.strip()):
        return int(match[1])
    raise invalid(
        FieldFault(
            'give an ETag as you read it, such as "3", quotes included',
            '请填写读到的 ETag，例如 "3"，含引号',
            parameter="If-Match",
        )
    )


def refuse_stale(expected: int, current: int) -> None:
    """Raises Stale when the caller's version is not the current one."""
    if expected != current:
        raise Stale(
            f"You changed version {expected}; the current one is {current}. Read it again and repeat your change",
            f"您修改的是第 {expected} 版，当前为第 {current} 版，请重新读取后再改",
        )


def refuse_other_content(if_match: str | None, tag: str) -> None:
    """For what is known by its content's tag rather than by a version. Raises PreconditionRequired when the caller does
    not say what they mean to change, Stale when that is no longer there."""
    if if_match is None:
        raise _unsaid()
    if not is_known(if_match, tag):
        raise Stale(
            f"The content is now that of {tag}. Read it again and repeat your change",
            f"当前内容的 ETag 为 {tag}，请重新读取后再改",
        )


IfMatchContent = Annotated[
    str | None, Header(alias="If-Match", description="ETag of the content that is replaced or removed; `*` is any.")
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="ETags that the reader has; 304 when one is still right.")
]
IfMatchDep = Annotated[int, Depends(_expected_version)]
"""The version the caller read, from If-Match; 428 when it is missing."""
