"""A release is applied once: its version stands in one place, and nothing but a release changes a Job."""

import tomllib
from pathlib import Path

import pytest

from tests.support.kubernetes import rendered
from tests.support.kubernetes.manifests import Manifest, find, of, pods
from tests.support.kubernetes.workloads import OURS

VERSION = tomllib.loads((rendered.ROOT / "pyproject.toml").read_text())["project"]["version"]


def _images(manifests: list[Manifest]) -> set[str]:
    return {container["image"] for pod in pods(manifests) for container in pod.containers if OURS in container["image"]}


def _jobs(manifests: list[Manifest]) -> dict[str, Manifest]:
    return {job["metadata"]["name"]: job["spec"] for job in of(manifests, "Job")}


def test_images_and_labels_are_of_the_projects_version(manifests: list[Manifest]) -> None:
    assert _images(manifests) == {f"jingqiao/{name}:{VERSION}" for name in ("catalog", "matcher", "notify")}
    for one in of(manifests, "Deployment", "Job"):
        assert one["metadata"]["labels"]["app.kubernetes.io/version"] == VERSION
        assert one["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/version"] == VERSION


def test_every_service_has_its_processes_and_its_jobs_of_this_version(manifests: list[Manifest]) -> None:
    suffix = VERSION.replace(".", "-")
    names = {one["metadata"]["name"] for one in of(manifests, "Deployment", "Job")}
    assert names == {
        f"{service}-{verb}"
        for service in ("catalog", "matcher", "notify")
        for verb in ("serve", "work", f"migrate-{suffix}", f"streams-{suffix}")
    }


@pytest.mark.parametrize("overlay", rendered.OVERLAYS)
def test_a_setting_that_changes_rolls_out_and_leaves_the_jobs_as_they_are(tmp_path: Path, overlay: str) -> None:
    manifests = rendered.copied(tmp_path)
    before = rendered.overlay(manifests, overlay)
    settings = manifests / "base" / "catalog" / "kustomization.yaml"
    settings.write_text(settings.read_text().replace("literals:\n", "literals:\n      - CATALOG_CLOSE_EVERY_S=5\n"))
    after = rendered.overlay(manifests, overlay)
    # The API server refuses a Job that is not as it was.
    assert _jobs(after) == _jobs(before)
    assert find(after, "Deployment", "catalog-serve") != find(before, "Deployment", "catalog-serve")
    assert find(after, "Deployment", "notify-serve") == find(before, "Deployment", "notify-serve")


def test_another_release_has_other_jobs(tmp_path: Path) -> None:
    manifests = rendered.copied(tmp_path)
    before = rendered.overlay(manifests, "production")
    release = manifests / "release"
    for file in release.iterdir():
        file.write_text(file.read_text().replace("0.1.0", "0.2.0").replace("0-1-0", "0-2-0"))
    after = rendered.overlay(manifests, "production")
    assert _jobs(after).keys().isdisjoint(_jobs(before))
    assert _images(after) == {f"jingqiao/{name}:0.2.0" for name in ("catalog", "matcher", "notify")}


def test_a_registry_reaches_every_image(tmp_path: Path) -> None:
    manifests = rendered.copied(tmp_path)
    overlay = manifests / "overlays" / "production" / "kustomization.yaml"
    names = (
        "jingqiao/catalog",
        "jingqiao/matcher",
        "jingqiao/notify",
        "cloudnative-pg/postgresql",
        "cloudnative-pg/pgvector",
    )
    images = "\n".join(f"  - {{name: {name}, newName: registry.city.example/{name}}}" for name in names)
    overlay.write_text(overlay.read_text().replace("images: []", f"images:\n{images}"))
    found = rendered.overlay(manifests, "production")
    database = (find(found, "Cluster", "jingqiao-db") or {})["spec"]
    named = {*_images(found), database["imageName"], database["postgresql"]["extensions"][0]["image"]["reference"]}
    assert len(named) == 5
    assert all(image.startswith("registry.city.example/") and ":" in image for image in named)


def test_the_older_way_carries_pgvector_in_the_image(local: list[Manifest], production: list[Manifest]) -> None:
    older, newer = ((find(one, "Cluster", "jingqiao-db") or {})["spec"] for one in (local, production))
    assert older["imageName"].endswith("-standard-trixie")
    assert "extensions" not in older["postgresql"]
    extension = newer["postgresql"]["extensions"][0]["image"]["reference"]
    # cloudnative-pg/pgvector:<its version>-<PostgreSQL>-<distribution>, as the image beside it.
    _, major, distribution = extension.partition(":")[2].split("-")
    assert newer["imageName"].endswith(f":{major}-minimal-{distribution}")
    for one in (local, production):
        assert (find(one, "Database", "jingqiao-matcher") or {})["spec"]["extensions"] == [
            {"name": "vector", "ensure": "present"}
        ]
