"""What the code exports as metrics, and what rules and dashboards ask for."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from prometheus_client import Counter, Gauge, Histogram

import catalog.metrics
import common.metrics
import matcher.metrics
import notify.metrics

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "observability"
MODULES: dict[str, ModuleType] = {
    "every process": common.metrics,
    "catalog": catalog.metrics,
    "matcher": matcher.metrics,
    "notify": notify.metrics,
}
OF_OTHERS = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
"""Metrics of Prometheus itself, and of its client on Linux."""
RULES_TEST = ["test", "rules", "deploy/observability/prometheus/alerts_test.yml"]
"""Arguments of promtool, from the root: a trial of every alert, which takes it seconds."""
GIVEN = {"job", "instance"}
"""Labels that Prometheus adds."""


@dataclass(frozen=True)
class Exported:
    """One metric of the code. `samples` are the names under which a page shows it."""

    name: str
    kind: str
    meaning: str
    labels: tuple[str, ...]

    @property
    def samples(self) -> frozenset[str]:
        match self.kind:
            case "counter":
                return frozenset({f"{self.name}_total"})
            case "histogram":
                return frozenset(f"{self.name}_{end}" for end in ("bucket", "count", "sum"))
            case _:
                return frozenset({self.name})


def exported() -> dict[str, list[Exported]]:
    """By who exports them, in the order of the code."""
    return {who: list(_metrics_of(module)) for who, module in MODULES.items()}


def _metrics_of(module: ModuleType) -> Iterator[Exported]:
    for metric in vars(module).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            yield Exported(metric._name, metric._type, metric._documentation, tuple(metric._labelnames))


@dataclass(frozen=True)
class Asked:
    """A metric that an expression names, with the labels that it selects by."""

    sample: str
    labels: frozenset[str]


SELECTOR = re.compile(r"\b((?:jingqiao|process|up)[a-z_]*)\b(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
GROUPED = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


def asked(expression: str) -> list[Asked]:
    """Every metric in a PromQL expression of these rules and dashboards."""
    bare = re.sub(r"\b(?:by|on)\s*\([^)]*\)", "", expression)
    found = [(name, LABEL.findall(labels or "")) for name, labels in SELECTOR.findall(bare)]
    return [Asked(name, frozenset(labels)) for name, labels in found]


def grouped(expression: str) -> frozenset[str]:
    """The labels that an expression groups or joins by."""
    return frozenset(label.strip() for labels in GROUPED.findall(expression) for label in labels.split(","))


def groups() -> list[dict[str, Any]]:
    """The groups of rules, as Prometheus reads them."""
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / "prometheus" / "alerts.yml").read_text())["groups"]
    return found


def alerts() -> list[dict[str, Any]]:
    return [rule for group in groups() for rule in group["rules"]]


def prometheus_rule() -> str:
    """The same rules as the object that the Prometheus operator reads."""
    manifest = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "jingqiao", "labels": {"phase": "services"}},
        "spec": {"groups": groups()},
    }
    said = "# Generated from deploy/observability/prometheus/alerts.yml by `make docs`.\n"
    return said + yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=10_000)


def alert_tests() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((FOLDER / "prometheus" / "alerts_test.yml").read_text())["tests"]
    return cases


def dashboards() -> dict[str, Any]:
    paths = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
    return {path.stem: json.loads(path.read_text()) for path in paths}


def expressions() -> Iterator[tuple[str, str]]:
    """Where it stands, and the expression: of every rule and every panel."""
    for rule in alerts():
        yield f"alert {rule['alert']}", rule["expr"]
    for name, board in dashboards().items():
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", target["expr"]


def document() -> Iterator[str]:
    """docs/metrics.md: every metric, and every alert with what to do."""
    yield "# Metrics and alerts"
    yield ""
    yield "Every process shows its metrics on `/metrics`: `serve` on its port, `work` on its work port. Generated from"
    yield "the code and from `deploy/observability/prometheus/alerts.yml` by `make docs`."
    for who, metrics in exported().items():
        yield from ("", f"## Of {who}", "", "| metric | kind | labels | meaning |", "|---|---|---|---|")
        for one in metrics:
            name = f"{one.name}_total" if one.kind == "counter" else one.name
            labels = ", ".join(f"`{label}`" for label in one.labels)
            yield f"| `{name}` | {one.kind} | {labels} | {one.meaning} |"
    yield from (
        "",
        "## Alerts",
        "",
        "| alert | severity | fires when | for | what to do | 处置 |",
        "|---|---|---|---|---|---|",
    )
    for rule in alerts():
        said, expression = rule["annotations"], rule["expr"].replace("|", "\\|")
        cells = (
            f"{rule['alert']}, {said['summary_zh']}",
            rule["labels"]["severity"],
            f"`{expression}`",
            rule.get("for", ""),
            said["description"],
            said["description_zh"],
        )
        yield f"| {' | '.join(cells)} |"
