"""The stylesheet, the scripts and the icon: each at an address that names its content, kept for a year."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

FOLDER = Path(__file__).with_name("static")
FILES = {
    "style.css": "text/css",
    "htmx-2.0.11.min.js": "text/javascript",
    "htmx-ext-sse-2.2.4.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
KEPT = "public, max-age=31536000, immutable"
DIGEST_LENGTH = 12

router = APIRouter(include_in_schema=False)


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@cache
def address(name: str) -> str:
    return f"/static/{hashlib.sha256(_content(name)).hexdigest()[:DIGEST_LENGTH]}/{name}"


@router.get("/static/{digest}/{name}")
async def read_static(digest: str, name: str) -> Response:
    if name not in FILES or address(name) != f"/static/{digest}/{name}":
        raise HTTPException(404)
    return Response(_content(name), media_type=f"{FILES[name]}; charset=utf-8", headers={"Cache-Control": KEPT})
