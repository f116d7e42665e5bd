"""Versions over HTTP: the ETag a reply carries and the If-Match a change must carry (RFC 9110 §8.8, §13.1)."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from common.errors import FieldFault, PreconditionRequired, Stale, invalid

_TAG = re.compile(r'^"(\d{1,9})"$')


def set_etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


async def _expected_version(if_match: Annotated[str | None, Header()] = None) -> int:
    if if_match is None:
        raise PreconditionRequired(
            "Send If-Match with the ETag you last read", "请在 If-Match 请求头中带上最近读到的 ETag"
        )
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


IfMatchDep = Annotated[int, Depends(_expected_version)]
"""The version the caller read, from If-Match; 428 when it is missing."""
