"""How long each state of an objection may last, read from the file beside this one."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("terms.toml")


@cache
def working_days() -> Mapping[str, int]:
    """By the state; one that is over has none."""
    return dict(tomllib.loads(FILE.read_text(encoding="utf-8")))
