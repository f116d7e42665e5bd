"""The folders of an image import alone: no module asks for another service, or for a library the image lacks."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.dockerfile import ROOT, folders

OPTIONAL = ("torch", "sentence_transformers", "safetensors", "transformers")
"""Not in the light image: modules that need them are imported by the commands and the engine that use them alone."""

UNUSED = {"notify": ("common.audit.command", "common.imports", "common.progress", "common.sheets")}
"""Modules of common that a service has no use for; its image lacks their libraries, and its own modules must do
without."""

# Run without site-packages and what they put on the path. Libraries that are not locked are hidden, as in the image.
PROGRAM = """
import importlib, importlib.metadata, pkgutil, sys
folder, libraries, lock, optional, unused = *sys.argv[1:4], sys.argv[4].split(","), tuple(sys.argv[5:])
sys.path += [folder, libraries]
norm = lambda name: name.lower().replace("_", "-").replace(".", "-")
locked = {norm(line.split("==")[0]) for line in open(lock) if line[0].isalnum()}
hidden = {top for top, names in importlib.metadata.packages_distributions().items()
          if not {norm(name) for name in names} & locked}

class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"{name} is not in {lock}", name=name)

sys.meta_path.insert(0, Hidden)
for name in [found.name for found in pkgutil.walk_packages([folder])]:
    if name.endswith(".migrations.env") or name.startswith(unused):
        continue
    try:
        importlib.import_module(name)
        print(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in optional:
            raise
"""


def imported(service: str, folder: Path) -> list[str]:
    for name, source in folders(service).items():
        shutil.copytree(ROOT / source, folder / name)
    return alone(service, folder)


def alone(service: str, folder: Path) -> list[str]:
    lock = ROOT / "deploy" / "docker" / f"{service}.lock"
    argv = [str(folder), sysconfig.get_path("purelib"), str(lock), ",".join(OPTIONAL), *UNUSED.get(service, ())]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM, *argv], capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("service", ["catalog", "matcher", "notify"])
def test_the_folders_of_an_image_import_alone(service: str, tmp_path: Path) -> None:
    names = imported(service, tmp_path)
    assert {f"{service}.__main__", f"{service}.app", "common.runtime", "common.migrating"} <= set(names)


def test_a_library_that_is_not_locked_is_missed(tmp_path: Path) -> None:
    (tmp_path / "stray").mkdir()
    (tmp_path / "stray" / "__init__.py").write_text("import pytest\n")
    with pytest.raises(AssertionError, match="pytest is not in"):
        alone("notify", tmp_path)
