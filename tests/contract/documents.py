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
from portal.settings import PortalSettings
from tests.contract import lifecycles, observability, permissions

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "tests" / "contract" / "openapi"
PORTAL = ROOT / "services" / "portal"
NOWHERE = "postgresql+asyncpg://nowhere/none"
APPS: dict[str, Callable[[], FastAPI]] = {
    "catalog": lambda: catalog.app.create_app(CatalogSettings(database_url=NOWHERE)),
    "matcher": lambda: matcher.app.create_app(MatcherSettings(database_url=NOWHERE)),
    "notify": lambda: notify.app.create_app(NotifySettings(database_url=NOWHERE)),
}
SETTINGS: tuple[type[BaseSettings], ...] = (
    PlatformSettings,
    CatalogSettings,
    MatcherSettings,
    NotifySettings,
    PortalSettings,
)


@cache
def generated() -> dict[Path, str]:
    """Every generated document by its path; made once in a process."""
    return {
        ROOT / "docs" / "asyncapi.json": _json(asyncapi.document()),
        ROOT / "ARCHITECTURE.md": lifecycles.drawn((ROOT / "ARCHITECTURE.md").read_text()),
        ROOT / "docs" / "permissions.md": "\n".join(permissions.document()) + "\n",
        ROOT / "docs" / "settings.md": "\n".join(_settings()) + "\n",
        ROOT / "docs" / "metrics.md": "\n".join(observability.document()) + "\n",
        ROOT / "deploy" / "kubernetes" / "components" / "monitoring" / "alerts.yaml": observability.prometheus_rule(),
        **{CONTRACTS / f"{service}.json": _json(contract(service)) for service in APPS},
        PORTAL / "operations.json": _table({service: _operations(contract(service)) for service in APPS}),
        PORTAL / "lifecycles.json": _table(_moves()),
        PORTAL / "lifecycle_words.json": _table(_words()),
    }


@cache
def app_of(service: str) -> FastAPI:
    """An app with nothing behind it, made once in a process: for reading, and for whoever leaves it as it was."""
    return APPS[service]()


def contract(service: str) -> dict[str, Any]:
    """The OpenAPI document of a service, for reading: made once in a process."""
    return app_of(service).openapi()


def _operations(document: dict[str, Any]) -> dict[str, list[Any]]:
    """Of each operation id its method, path template and query parameters: all that the portal's client needs."""
    return {
        operation["operationId"]: [
            method.upper(),
            path,
            [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"],
        ]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def _moves() -> dict[str, list[list[str]]]:
    """Of each life-cycle its moves: state, action, and who may take it. The portal's buttons are drawn from them."""
    return {
        folder: [[move.state, move.action, *sorted(move.by)] for move in life.moves]
        for folder, life in lifecycles.lifecycles().items()
    }


def _words() -> dict[str, dict[str, list[str]]]:
    """Of each life-cycle what its states, actions and parties are called, in English and Chinese."""
    return {folder: dict(_called(life)) for folder, life in lifecycles.lifecycles().items()}


def _called(life: lifecycles.AnyLifecycle) -> Iterator[tuple[str, list[str]]]:
    yield "noun", [*life.noun]
    yield from ((f"state.{state}", [_plain(state), zh]) for state, zh in life.states.items())
    # The label of an action is its participle in English; a button says the verb.
    yield from ((f"action.{action}", [_plain(action), label.zh]) for action, label in life.actions.items())
    yield from ((f"party.{party}", [*label]) for party, label in life.parties.items())


def _plain(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _table(document: dict[str, Any]) -> str:
    """A row on a line, so that a difference shows what changed."""
    parts = []
    for name, rows in document.items():
        lines = (
            [f"  {json.dumps(key)}: {json.dumps(row, ensure_ascii=False)}" for key, row in rows.items()]
            if isinstance(rows, dict)
            else [f"  {json.dumps(row)}" for row in rows]
        )
        opening, closing = "{}" if isinstance(rows, dict) else "[]"
        parts.append(f" {json.dumps(name)}: {opening}\n" + ",\n".join(lines) + f"\n {closing}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


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
