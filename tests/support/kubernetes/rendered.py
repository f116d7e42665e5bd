"""What `kubectl apply -k` and `helm install` would send to a cluster; a warning of either is a failure."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml

from deploy.embedded.tokens import TokenIssuer
from deploy.kubernetes.local_secrets import generate
from tests.support.kubernetes.manifests import Manifest
from tests.support.kubernetes.tools import tool

ROOT = Path(__file__).parents[3]
MANIFESTS = ROOT / "deploy" / "kubernetes"
CHART = ROOT / "tests" / "data" / "kubernetes" / "nats-chart"
OVERLAYS = ("local", "production")
NAMESPACE = "jingqiao"


def copied(folder: Path) -> Path:
    """A copy of the manifests to change at will, with secrets for the overlay `local`."""
    copy = shutil.copytree(MANIFESTS, folder / "kubernetes", ignore=shutil.ignore_patterns("generated", "__pycache__"))
    generate(copy / "overlays" / "local" / "generated", TokenIssuer(folder / "issuer"))
    return copy


def overlay(manifests: Path, name: str) -> list[Manifest]:
    return _documents([str(tool("kubectl")), "kustomize", str(manifests / "overlays" / name)])


def broker(manifests: Path, name: str, kubernetes: str = "1.36") -> list[Manifest]:
    """The release `nats` of the chart with the values of an overlay, and the identities made for `local`."""
    identities = manifests / "overlays" / "local" / "generated" / "broker" / "nats-values.json"
    files = (manifests / "nats" / "values.yaml", manifests / "nats" / f"{name}.yaml", identities)
    values = [f"--values={file}" for file in files]
    release = ["template", "nats", str(CHART), "--namespace", NAMESPACE, "--kube-version", kubernetes]
    found = _documents([str(tool("helm")), *release, *values])
    for manifest in found:
        manifest["metadata"].setdefault("namespace", NAMESPACE)
    return found


def everything(manifests: Path, name: str) -> list[Manifest]:
    return [*overlay(manifests, name), *broker(manifests, name)]


def _documents(argv: Sequence[str]) -> list[Manifest]:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return [found for found in yaml.load_all(done.stdout, Loader=yaml.CSafeLoader) if found]
