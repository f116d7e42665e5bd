"""How a record is shown over HTTP: with its ETag, and where it is found."""

from typing import TypeVar

from fastapi import Response
from pydantic import BaseModel

from catalog.nouns import NounRow
from common.etags import set_etag

Out = TypeVar("Out", bound=BaseModel)


def shown(response: Response, row: NounRow, out: type[Out]) -> Out:
    set_etag(response, row.version)
    return out.model_validate(row)


def begun(response: Response, path: str, row: NounRow, out: type[Out]) -> Out:
    """path  of the list that the new record is in"""
    response.headers["Location"] = f"{path}/{row.id}"
    return shown(response, row, out)
