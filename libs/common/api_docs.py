"""Shows a service's OpenAPI document at /docs: Swagger UI, as a package carries it, without any other host."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

PATH = "/docs"
SCRIPT, STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
START = "start.js"
"""A file and not a part of the page, so that the page runs no script that stands in it."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KEPT = {"Cache-Control": "public, max-age=86400"}
_START = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", layout: "BaseLayout", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});
"""
_PAGE = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jingqiao API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{PATH}/{STYLE}">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{PATH}/{SCRIPT}"></script>
<script src="{PATH}/{START}"></script>
</body>
</html>
"""


def install(app: FastAPI) -> None:
    """Add the page and its files; they are read when asked for."""
    app.add_route(PATH, _page, include_in_schema=False)
    app.add_route(f"{PATH}/{START}", _start, include_in_schema=False)
    app.add_route(f"{PATH}/{SCRIPT}", _script, include_in_schema=False)
    app.add_route(f"{PATH}/{STYLE}", _style, include_in_schema=False)


async def _page(_: Request) -> Response:
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


async def _start(_: Request) -> Response:
    return Response(_START, media_type="text/javascript", headers=_KEPT)


async def _script(_: Request) -> Response:
    return FileResponse(_asset(SCRIPT), media_type="text/javascript", headers=_KEPT)


async def _style(_: Request) -> Response:
    return FileResponse(_asset(STYLE), media_type="text/css", headers=_KEPT)


def _asset(name: str) -> Path:
    """Found without importing the package, which would import more than its files."""
    package = find_spec("fastapi_offline")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "static" / name
