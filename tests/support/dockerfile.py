"""Reads the Dockerfile as the tests need it: stages, and what each copies from the project."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
IMAGES = {"catalog": "catalog", "matcher": "matcher", "matcher-st": "matcher", "notify": "notify", "portal": "portal"}
"""Targets that are shipped, and the service in each."""


@dataclass(frozen=True)
class Stage:
    name: str
    base: str
    instructions: tuple[tuple[str, str], ...]

    def arguments(self, word: str) -> list[str]:
        return [argument for name, argument in self.instructions if name == word]


def stages() -> dict[str, Stage]:
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    found: dict[str, Stage] = {}
    for part in re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]:
        head, *lines = part.splitlines()
        base, _, name = head.partition(" AS ")
        words = (line.split(maxsplit=1) for line in lines if line.strip())
        found[name] = Stage(name, base, tuple((word, " ".join(rest)) for word, *rest in words))
    return found


def lineage(name: str) -> Iterator[Stage]:
    """The stage and those it stands on, itself first."""
    known = stages()
    while name in known:
        yield known[name]
        name = known[name].base


def folders(image: str) -> dict[str, str]:
    """Where each folder of the project that an image holds lies, by its name in the image."""
    copied = [copy.split() for copy in stages()[f"{image}-parts"].arguments("COPY")]
    return {to.removeprefix("app/"): source for source, to in copied if to.startswith("app/")}
