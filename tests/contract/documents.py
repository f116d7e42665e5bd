"""The documents generated from code: `python -m tests.contract.documents` writes them, a test compares them."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

import catalog.app
import matcher.app
import notify.app
from catalog.settings import CatalogSettings
from common.contracts import asyncapi
from common.settings import PlatformSettings
from matcher.settings import MatcherSettings
from notify.settings import NotifySettings
from tests.contract import lifecycles, observability

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "tests" / "contract" / "openapi"
NOWHERE = "postgresql+asyncpg://nowhere/none"
APPS: dict[str, Callable[[], FastAPI]] = {
    "catalog": lambda: catalog.app.create_app(CatalogSettings(database_url=NOWHERE)),
    "matcher": lambda: matcher.app.create_app(MatcherSettings(database_url=NOWHERE)),
    "notify": lambda: notify.app.create_app(NotifySettings(database_url=NOWHERE)),
}
SETTINGS: tuple[type[BaseSettings], ...] = (PlatformSettings, CatalogSettings, MatcherSettings, NotifySettings)


@cache
def generated() -> dict[Path, str]:
    """Every generated document by its path; made once in a process."""
    return {
        ROOT / "docs" / "asyncapi.json": _json(asyncapi.document()),
        ROOT / "ARCHITECTURE.md": lifecycles.drawn((ROOT / "ARCHITECTURE.md").read_text()),
        ROOT / "docs" / "settings.md": "\n".join(_settings()) + "\n",
        ROOT / "docs" / "metrics.md": "\n".join(observability.document()) + "\n",
        ROOT / "deploy" / "kubernetes" / "components" / "monitoring" / "alerts.yaml": observability.prometheus_rule(),
        **{CONTRACTS / f"{service}.json": _json(contract(service)) for service in APPS},
    }


@cache
def contract(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service, for reading: made once in a process."""
    return APPS[service]().openapi()


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "Each is an environment variable, or a file of that name in /run/secrets (`JINGQIAO_SECRETS` names another"
    yield "folder); a variable wins. Generated from the settings classes by `make docs`."
    for settings in SETTINGS:
        prefix = str(settings.model_config.get("env_prefix", ""))
        yield ""
        yield f"## {prefix}*"
        yield ""
        yield "| variable | default | meaning |"
        yield "|---|---|---|"
        for name, field in settings.model_fields.items():
            if name != "platform":
                variable = field.validation_alias or f"{prefix}{name.upper()}"
                yield f"| `{variable}` | {_default(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(required)"
    if field.default_factory is not None:
        return "(depends on the machine)"
    return f"`{field.default}`" if field.default not in (None, "") else "(none)"


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text)
