"""Checks manifests against the schemas of Kubernetes and of the custom resources; a field nobody knows is a fault.

The API server would drop an unknown field with a warning. Rules in CEL (x-kubernetes-validations) are not evaluated.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.support.kubernetes.manifests import Manifest, named

CRDS = Path(__file__).parents[2] / "data" / "kubernetes" / "crds"
VERSIONS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36")


def faults(manifests: Sequence[Manifest], version: str) -> list[str]:
    return [fault for manifest in manifests for fault in _faults_of(manifest, version)]


def _faults_of(manifest: Manifest, version: str) -> list[str]:
    try:
        validator = _custom(manifest["apiVersion"], manifest["kind"]) or _builtin(
            version, manifest["apiVersion"], manifest["kind"]
        )
    except FileNotFoundError:
        return [f"{named(manifest)}: Kubernetes {version} knows no {manifest['apiVersion']} {manifest['kind']}"]
    errors = validator.iter_errors(_without_nulls(manifest))
    return [f"{named(manifest)}: {error.json_path}: {error.message[:200]}" for error in errors]


def _without_nulls(value: Any) -> Any:
    """As the API server takes it: a null member is one that is not there."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


@cache
def _builtin(version: str, api_version: str, kind: str) -> jsonschema.Draft202012Validator:
    folder = _schemas(version)
    # networking.k8s.io/v1 is kept as networking-v1.
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    schema = json.loads((folder / f"{kind.lower()}-{group}.json").read_text())
    return jsonschema.Draft202012Validator(schema, registry=_definitions(version))


def _schemas(version: str) -> Path:
    package = Path(str(resources.files("kubernetes_validate")))
    return package / "kubernetes-json-schema" / f"v{version}.0-local-strict"


@cache
def _definitions(version: str) -> Registry[Any]:
    contents = json.loads((_schemas(version) / "_definitions.json").read_text())
    resource = Resource.from_contents(contents, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("_definitions.json", resource)
    return registry


@cache
def _custom(api_version: str, kind: str) -> jsonschema.Draft202012Validator | None:
    group, _, version = api_version.partition("/")
    path = CRDS / f"{kind.lower()}-{group.split('.')[0]}-{version}.json"
    if not path.exists():
        return None
    kept = json.loads(path.read_text())
    assert (kept["group"], kept["deprecated"]) == (group, False)
    return jsonschema.Draft202012Validator(_closed(kept["schema"], is_root=True))


def _closed(schema: Manifest, *, is_root: bool = False) -> Manifest:
    """A structural schema as JSON Schema that refuses what the API server would prune."""
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    closed = {key: value for key, value in schema.items() if not key.startswith("x-kubernetes-")}
    if "properties" in schema:
        closed["properties"] = {name: _closed(inner) for name, inner in schema["properties"].items()}
        if is_root:
            closed["properties"]["metadata"] = {"type": "object"}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            closed["additionalProperties"] = False
    elif isinstance(schema.get("additionalProperties"), dict):
        closed["additionalProperties"] = _closed(schema["additionalProperties"])
    if "items" in schema:
        closed["items"] = _closed(schema["items"])
    return closed
