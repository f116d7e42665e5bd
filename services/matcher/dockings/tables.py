"""The steps and the failure reasons, read from the files beside this one."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent


class StepTerms(NamedTuple):
    """One step: what it is called, and its days as steps.toml says."""

    en: str
    zh: str
    days: int
    soon: int
    lapse: int


class FailureReason(NamedTuple):
    en: str
    zh: str
    words: bool = False
    clock: bool = False


@cache
def steps() -> Mapping[str, StepTerms]:
    return {code: StepTerms(**row) for code, row in _table("steps").items()}


@cache
def failure_reasons() -> Mapping[str, FailureReason]:
    return {code: FailureReason(**row) for code, row in _table("failure_reasons").items()}


def _table(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
