"""Replies made of stored rows: checked on their way in, they are neither checked nor parsed on their way out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from pydantic_core import to_json
from sqlalchemy import ColumnElement, Enum, RowMapping, Text, cast, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.elements import KeyedColumnElement

from common.database import Words
from common.hot import json_reply
from common.pagination import PageRequest, cut, link_next
from common.sealed import SealedJson

Stored = dict[str, Any]
"""A row by column name, as a reply needs it: words as they are stored, JSON as text."""


def plain(column: KeyedColumnElement[Any]) -> ColumnElement[Any]:
    """A column to be selected for a stored row. What is sealed stays so: few readers may have it opened."""
    if isinstance(column.type, JSONB | SealedJson):
        return cast(column, Text).label(column.key)
    return type_coerce(column, Text).label(column.key) if isinstance(column.type, Enum | Words) else column


def stored(row: RowMapping) -> Stored:
    return {str(name): value for name, value in row.items()}


def json_object(values: Mapping[str, Any], **ready: str) -> bytes:
    """A JSON object of at least one plain value, and of members that are JSON text already."""
    members = (f',"{name}":{text}' for name, text in ready.items())
    return to_json(values)[:-1] + "".join(members).encode() + b"}"


def page_json(items: Iterable[bytes], cursor: str | None) -> bytes:
    """A page of items that are JSON already."""
    return b'{"items":[' + b",".join(items) + b'],"cursor":' + to_json(cursor) + b"}"


def json_page(
    request: Request,
    wanted: PageRequest,
    rows: Sequence[Stored],
    key: Callable[[Stored], tuple[datetime | int, UUID]],
    show: Callable[[Stored], bytes],
) -> Response:
    """The reply that is a page from up to `limit + 1` stored rows."""
    shown, cursor = cut(rows, wanted, key)
    reply = json_reply(page_json(map(show, shown), cursor))
    link_next(request, reply, cursor)
    return reply
