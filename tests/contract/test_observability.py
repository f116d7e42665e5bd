"""Rules and dashboards ask for what the code exports, and each alert is tested in both ways."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.contract.observability import (
    FOLDER,
    GIVEN,
    MODULES,
    OF_OTHERS,
    ROOT,
    RULES_TEST,
    Exported,
    alert_tests,
    alerts,
    asked,
    dashboards,
    exported,
    expressions,
    grouped,
)
from tests.support.prometheus import needs_prometheus, tool

BY_SAMPLE: dict[str, Exported] = {name: one for some in exported().values() for one in some for name in one.samples}
NAMES = [rule["alert"] for rule in alerts()]
EXPRESSIONS = dict(expressions())


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_every_metric_that_is_asked_for_is_exported_with_its_labels(where: str) -> None:
    for one in asked(EXPRESSIONS[where]):
        if one.sample in OF_OTHERS:
            continue
        assert one.sample in BY_SAMPLE, one.sample
        known = {*BY_SAMPLE[one.sample].labels, *GIVEN, "le"}
        assert one.labels <= known, (one, known)


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_what_an_expression_groups_by_is_a_label_of_what_it_asks_for(where: str) -> None:
    metrics = [BY_SAMPLE[one.sample] for one in asked(EXPRESSIONS[where]) if one.sample not in OF_OTHERS]
    known = {*GIVEN, "le", *(label for metric in metrics for label in metric.labels)}
    assert grouped(EXPRESSIONS[where]) <= known


def test_every_metric_is_on_a_dashboard_or_in_a_rule() -> None:
    named = {one.sample for _, expression in expressions() for one in asked(expression)}
    hidden = {one.name for some in exported().values() for one in some if not one.samples & named}
    assert hidden == {"jingqiao_events_buried"}  # jingqiao_event_seconds says it too, with the others' outcomes


def test_metrics_are_named_as_prometheus_names_them() -> None:
    for who, metrics in exported().items():
        prefix = "jingqiao_" if who == "every process" else f"jingqiao_{who}_"
        for one in metrics:
            assert one.name.startswith(prefix), one
            assert re.search(r"_ms|_millis|_minutes|_hours|_kb|_mb|_percent|_count$", one.name) is None, one
            assert one.kind != "histogram" or one.name.endswith("_seconds"), one
            assert one.meaning.endswith("."), one


def test_labels_are_of_few_values() -> None:
    """No id, no organisation, no host and no path is a label: each value is a series that is kept for weeks."""
    allowed = {
        *("method", "route", "status", "stream", "consumer", "outcome", "loop", "figure", "kind", "state", "urgency"),
        *("stage", "change", "reason", "gate", "subject", "face", "channel", "quantile"),
    }
    assert {label for some in exported().values() for one in some for label in one.labels} <= allowed


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(name: str) -> None:
    fires = [
        bool(check["exp_alerts"])
        for case in alert_tests()
        for check in case["alert_rule_test"]
        if check["alertname"] == name
    ]
    assert set(fires) == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_has_a_real_fault_that_makes_it_fire(name: str) -> None:
    tests = (Path(__file__).parents[1] / "integration").rglob("test_*.py")
    assert any(f'"{name}"' in path.read_text() for path in tests)


@pytest.mark.parametrize("rule", alerts(), ids=NAMES)
def test_an_alert_says_how_bad_it_is_and_what_to_do_in_a_sentence(rule: dict[str, object]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}  # type: ignore[index]
    said = rule["annotations"]
    assert isinstance(said, dict)
    assert set(said) == {"summary", "summary_zh", "description", "description_zh"}
    assert said["description"].endswith(".")
    assert said["description_zh"].endswith("。")


@needs_prometheus
def test_the_unit_tests_of_the_rules_pass() -> None:
    _passes(tool("promtool"), *RULES_TEST)


@needs_prometheus
def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    configuration = (FOLDER / "prometheus" / "prometheus.yml").read_text()
    (tmp_path / "prometheus.yml").write_text(
        configuration.replace("/etc/prometheus/alerts.yml", str(FOLDER / "prometheus" / "alerts.yml"))
    )
    _passes(tool("promtool"), "check", "config", str(tmp_path / "prometheus.yml"))


def _passes(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_configuration_names_a_job_for_each_service() -> None:
    """Rules and dashboards know the services by it."""
    jobs = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    assert {job["job_name"] for job in jobs} == set(MODULES) - {"every process"}


@pytest.mark.parametrize("name", dashboards())
def test_a_dashboard_is_one_that_grafana_can_provision(name: str) -> None:
    board = dashboards()[name]
    assert (board["uid"], board["schemaVersion"] >= 39) == (f"jingqiao-{name}", True)
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    places = {tuple(panel["gridPos"].values()) for panel in board["panels"]}
    assert len(places) == len(ids)
    for panel in board["panels"]:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_grafana_finds_the_data_source_that_dashboards_name() -> None:
    sources = yaml.safe_load((FOLDER / "grafana" / "provisioning" / "datasources" / "prometheus.yaml").read_text())
    assert [source["uid"] for source in sources["datasources"]] == ["prometheus"]
