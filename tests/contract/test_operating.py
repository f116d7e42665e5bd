"""The operator's guide names commands, settings, roles and events as they are, in both languages alike."""

import argparse
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import import_module

import pytest

from common.roles import Role
from common.settings import ServiceSettings
from deploy.backup.__main__ import parser as backup_parser
from deploy.backup.changes import SLOT
from deploy.embedded import options
from deploy.embedded.plan import DEFAULT_PORTS
from tests.contract import observability
from tests.support.guide import GUIDES, ROOT, blocks, text
from tests.support.prometheus import tool

SERVICES = ("catalog", "matcher", "notify")
OTHERS = {
    *("JINGQIAO_BACKUP_URL", "JINGQIAO_BACKUPS", "PGPASSFILE"),
    *("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"),
}
"""Variables that are no settings of a service."""
HEALTH = {"/healthz", "/readyz", "/metrics"}
ENGLISH, CHINESE = GUIDES


def commands(guide: str) -> Iterator[list[str]]:
    """Each simple command of each block, its words; `$service` stands for each service."""
    for block in blocks(guide):
        for line in block.typed.replace("\\\n", " ").splitlines():
            looped = re.fullmatch(r"for service in catalog matcher notify; do (.*); done", line)
            parts = looped[1].split("; ") if looped else [line]
            for part in parts:
                whole = re.sub(r"^\w+=\$\((.*)\)$", r"\1", part)
                for service in SERVICES if looped else ("",):
                    yield shlex.split(whole.replace("$service", service))


def ids(words: list[str]) -> str:
    return " ".join(words)[:80]


@pytest.mark.parametrize("words", list(commands(ENGLISH)), ids=ids)
def test_a_command_is_one_that_its_program_takes(words: list[str]) -> None:
    match words:
        case [("python" | ".venv/bin/python"), "-m", module, *arguments]:
            check_module(module, arguments)
        case ["make", verb, *variables]:
            check_make(verb, variables)
        case ["curl", *arguments]:
            check_address(next(each for each in arguments if each.startswith("$")))
        case ["promtool", *arguments]:
            check_rules(arguments)
        case ["export", *assignments]:
            assert {each.split("=")[0] for each in assignments} <= settings() | OTHERS
        case _:
            assert words[0] in {".", "rm", ".venv/bin/python"}, words


def check_module(module: str, arguments: list[str]) -> None:
    if module == "deploy.backup":
        backup_parser().parse_args(arguments)
    elif module == "deploy.embedded":
        options.parse(arguments, {})
    else:
        verb = import_module(f"{module}.__main__").VERBS[arguments[0]]
        parser = argparse.ArgumentParser()
        if verb.configure:
            verb.configure(parser)
        parser.parse_args(arguments[1:])


def check_rules(arguments: list[str]) -> None:
    if arguments == observability.RULES_TEST:  # test_observability runs it
        return
    done = subprocess.run([tool("promtool") or "true", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def check_make(verb: str, variables: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"^{verb}:", makefile, re.MULTILINE)
    assert all(f"$({each.split('=')[0]})" in makefile for each in variables)


def check_address(address: str) -> None:
    service, path = re.fullmatch(r"\$(\w+)(/[\w./-]*)(?:\?.*)?", address).groups()  # type: ignore[union-attr]
    contract = ROOT / "tests" / "contract" / "openapi" / f"{service.lower()}.json"
    assert path in HEALTH | json.loads(contract.read_text())["paths"].keys()


def settings() -> set[str]:
    return set(re.findall(r"`([A-Z]+_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))


def test_every_block_says_when_it_is_typed() -> None:
    assert [block.typed for block in blocks(ENGLISH) if not block.when] == []


def test_both_languages_have_the_same_commands() -> None:
    assert blocks(CHINESE) == blocks(ENGLISH)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_settings_it_names_exist(guide: str) -> None:
    named = set(re.findall(r"`((?:JINGQIAO|CATALOG|MATCHER|NOTIFY)_[A-Z_]+)\b", text(guide)))
    ends = {f"CATALOG{each}" for each in re.findall(r"`\*(_[A-Z_]+)", text(guide))}
    assert (named | ends) - settings() - OTHERS == set()


@pytest.mark.parametrize("guide", GUIDES)
def test_it_tells_of_every_role_claim_port_and_log_event(guide: str) -> None:
    told = text(guide)
    claims = re.findall(r'claims\["(\w+)"\]', (ROOT / "libs" / "common" / "auth.py").read_text())
    sources = "".join(path.read_text() for part in ("libs", "services") for path in (ROOT / part).rglob("*.py"))
    events = re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \| `", told, re.MULTILINE)
    assert all(f"| `{role}` |" in told for role in Role)
    assert all(f"`{claim}`" in told for claim in claims)
    assert all(f"| {DEFAULT_PORTS[name]} |" in told for name in DEFAULT_PORTS)
    assert events
    assert [one for pair in events for one in pair if one and f'"{one}"' not in sources] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_the_metrics_alerts_and_dashboards_it_names_exist(guide: str) -> None:
    told = text(guide)
    known = {one.name for metrics in observability.exported().values() for one in metrics}
    known |= {sample for metrics in observability.exported().values() for one in metrics for sample in one.samples}
    assert set(re.findall(r"`((?:jingqiao|process)_\w+)`", told)) - {SLOT} <= known | observability.OF_OTHERS
    assert set(re.findall(r"`(Jingqiao\w+)`", told)) <= {rule["alert"] for rule in observability.alerts()}
    assert all(f"`{name}.json`" in told for name in observability.dashboards())


@pytest.mark.parametrize("guide", GUIDES)
def test_the_memory_it_tells_is_the_measured(guide: str) -> None:
    measured = tomllib.loads((ROOT / "deploy" / "kubernetes" / "measured.toml").read_text())["most_mib"]
    told = dict(re.findall(r"^\| `(\w+ (?:serve|work))` \|.*\| (\d+) \| \d+ \|$", text(guide), re.MULTILINE))
    assert told == {process: str(most) for process, most in measured.items() if process.split()[1] in ("serve", "work")}
    assert f" {sum(map(int, told.values())):,} MiB" in text(guide)


@pytest.mark.parametrize("path", ["deploy/compose/compose.yaml", "deploy/kubernetes/base/service/serve.yaml"])
def test_supervisors_wait_longer_than_a_server_takes_to_go(path: str) -> None:
    given = re.search(
        r"^ +(?:stop_grace_period: (\d+)s|terminationGracePeriodSeconds: (\d+))", (ROOT / path).read_text(), re.M
    )
    assert given is not None
    fields = ServiceSettings.model_fields
    assert int(given[1] or given[2]) > fields["shutdown_delay_s"].default + fields["drain_s"].default + 5


def test_the_reader_is_led_to_it() -> None:
    assert "(docs/operating.md)" in (ROOT / "README.md").read_text()
    assert "(docs/operating.zh-CN.md)" in (ROOT / "README.zh-CN.md").read_text()
