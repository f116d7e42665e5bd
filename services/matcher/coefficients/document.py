"""Writes what a fit has found in the form the ranker loads, with where it came from."""

import hashlib
import json
from collections.abc import Mapping
from errno import EISDIR
from os import strerror
from pathlib import Path
from typing import Any

import numpy as np

from common.contracts.matcher import Band
from matcher.engine.ranking import features
from matcher.engine.ranking.calibration import GRADES, chances
from matcher.engine.ranking.ranker import Logit

FLOORS: Mapping[Band, tuple[int, float]] = {Band.STRONG: (2, 1 / 2), Band.FAIR: (2, 1 / 3), Band.WEAK: (1, 0.8)}
"""Each band begins where the chance of at least this grade reaches this much, for pairs in one language."""
_LEAST = Band.FAIR
"""The least that is worth a match. Of 44 demands and 64 offers of real shape nearly all that fitted were of this band
or better, and nearly all beside the point below it: those are seen when somebody asks for the nearest."""

_DIGITS = 5
_FINE = np.linspace(-40.0, 40.0, 160_001)


def content(same_language: Logit, cross_language: Logit, origin: Mapping[str, Any]) -> dict[str, Any]:
    """What a coefficients file holds; its version names the coefficients themselves, whatever their origin."""
    found: dict[str, Any] = {
        "features": list(features.NAMES),
        "same_language": _plain(same_language),
        "cross_language": _plain(cross_language),
        "band_floors": _floors(same_language),
    }
    found["threshold"] = found["band_floors"][_LEAST.value]
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    return {"version": digest[:12], **found, "origin": dict(origin)}


def refuse_unwritable(path: Path) -> None:
    """Raises OSError, naming the path, now rather than after minutes of work."""
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR))
        _part(path).touch()
        _part(path).unlink()
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror}") from error


def write(found: Mapping[str, Any], path: Path) -> None:
    """All or nothing: a ranker that starts meanwhile loads the old file or the new one."""
    part = _part(path)
    part.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _floors(logit: Logit) -> dict[str, float]:
    """Best first; what reaches a better band reaches the weaker ones too, whatever its chance of their grade."""
    found: dict[str, float] = {}
    least = 100.0
    for band, reached in FLOORS.items():
        least = min(least, floor(logit, *reached))
        found[band.value] = least
    return found


def floor(logit: Logit, grade: int, chance: float) -> float:
    """The least whole fit at which a grade of at least `grade` has at least this chance; 100 when none has."""
    found = chances(_FINE, logit.steps)
    reached = np.flatnonzero(found[:, grade - 1] >= chance)
    return float(np.ceil(100.0 * found[reached[0]].sum() / GRADES)) if len(reached) else 100.0


def _plain(logit: Logit) -> dict[str, Any]:
    weights = zip(features.NAMES, logit.weights, strict=True)
    return {
        "weights": {name: round(weight, _DIGITS) for name, weight in weights if weight},
        "steps": [[round(step.slope, _DIGITS), round(step.intercept, _DIGITS)] for step in logit.steps],
    }
