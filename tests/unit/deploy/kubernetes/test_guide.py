"""docs/kubernetes.md names what there is: folders, secrets with their keys, phases, versions, figures."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.kubernetes import rendered, schemas, secrets, targets
from tests.support.kubernetes.manifests import Manifest, find, of

GUIDE = (rendered.ROOT / "docs" / "kubernetes.md").read_text()
CHINESE = (rendered.ROOT / "docs" / "kubernetes.zh-CN.md").read_text()
BOTH = pytest.mark.parametrize("guide", [GUIDE, CHINESE], ids=["en", "zh"])
FOLDERS = sorted(
    str(path.parent.relative_to(rendered.MANIFESTS))
    for path in rendered.MANIFESTS.rglob("kustomization.yaml")
    if path.parent.parent.name != "base"
)


@BOTH
def test_every_folder_is_named(guide: str) -> None:
    assert [folder for folder in FOLDERS if f"`{folder}`" not in guide] == []


@BOTH
def test_every_path_in_a_command_exists(guide: str, folder: Path) -> None:
    named = re.findall(r"deploy/kubernetes/([\w./-]+)", guide)
    assert named
    assert [path for path in named if not (folder / path.rstrip(".")).exists()] == []


@BOTH
def test_every_secret_and_key_that_somebody_must_make_is_named(guide: str, production: list[Manifest]) -> None:
    made = secrets.defined(production)
    for name in (one["metadata"]["name"] for one in of(production, "ExternalSecret")):
        assert f"`{name}`" in guide
        assert [key for key in made[name] if f"`{key}`" not in guide] == []


@BOTH
def test_the_phases_and_triggers_are_named(guide: str, production: list[Manifest]) -> None:
    triggers = {trigger["name"] for one in of(production, "ScaledObject") for trigger in one["spec"]["triggers"]}
    assert [word for word in (*targets.PHASES, *triggers) if f"| `{word}` |" not in guide] == []


@BOTH
def test_versions_and_figures_are_those_of_the_files(guide: str, production: list[Manifest]) -> None:
    assert schemas.VERSIONS[0] in guide
    assert schemas.VERSIONS[-1] in guide
    measured = tomllib.loads((rendered.MANIFESTS / "measured.toml").read_text())["most_mib"]
    limits = {
        (find(production, "Deployment", f"{name}-work") or {})["spec"]["template"]["spec"]["containers"][0][
            "resources"
        ]["limits"]["memory"].removesuffix("Mi")
        for name in ("catalog", "matcher", "notify")
    }
    most = {max(measured.values()), max(seen for name, seen in measured.items() if not name.startswith("matcher"))}
    assert [figure for figure in (*limits, *map(str, most)) if f"{figure} " not in guide] == []


@BOTH
def test_it_says_that_no_cluster_has_seen_it(guide: str) -> None:
    assert re.search(r"None of this has been applied to a cluster|没有.{0,6}集群上运行过", guide)
