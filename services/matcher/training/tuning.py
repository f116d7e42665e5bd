"""Fine-tunes the embedding model in use and keeps the result only if it ranks held-out demands better."""

import importlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from common.progress import counted
from matcher.engine.embedding import Embedder, ModelUnavailable, cache, load_embedder, st_folder
from matcher.engine.ranking import background
from matcher.engine.ranking.calibration import Floats
from matcher.engine.ranking.ranker import Ranker
from matcher.evaluation import encoding
from matcher.fitting import logistic
from matcher.settings import EngineSettings
from matcher.training import comparison, outcomes
from matcher.training.comparison import Compared
from matcher.training.examples import Examples, figures

HELD_OUT = 4
"""One demand of so many is kept from the learner, to be ranked by the old model and the new one."""
_PERMILLE = 1000


@dataclass(frozen=True)
class Tuned:
    """How the new model compares with the old one.

    learnt, held_out  demands
    folder            holds the new model; None unless it is better and to be kept
    """

    learnt: int
    held_out: int
    compared: Compared
    is_better: bool
    folder: Path | None


def tune(examples: Examples, settings: EngineSettings, used: Ranker, *, is_kept: bool = True) -> Tuned:
    """Minutes on a CPU; progress on stderr. Needs the extra `st`. Raises TooFew.

    used     the coefficients that both models are judged with, each measured against its own background
    is_kept  whether a better model is kept in the cache
    """
    outcomes.refuse_too_few(len(examples.weights), examples.judged.demand_count)
    is_held_out = logistic.folds(examples.judged.demand_count, HELD_OUT) == 0
    learnt, held_out = examples.of(~is_held_out), examples.of(is_held_out)
    cache_dir = settings.platform.cache
    cache_dir.mkdir(parents=True, exist_ok=True)
    old = _loaded(settings, settings.model)
    before = _scores(held_out, old, used)
    with tempfile.TemporaryDirectory(prefix="training-", dir=cache_dir) as scratch:
        part = Path(scratch) / "trained"
        _train(settings.model or str(cache_dir / old.id), learnt, part, settings.threads)
        found = comparison.compared(held_out.judged, before, _scores(held_out, _loaded(settings, str(part)), used))
        is_better = comparison.is_better(found)
        folder = _kept(part, cache_dir) if is_better and is_kept else None
    return Tuned(learnt.judged.demand_count, held_out.judged.demand_count, found, is_better, folder)


def refuse_without_extra() -> None:
    """Raises ModelUnavailable unless the extra `st` is installed."""
    try:
        importlib.import_module("matcher.training.biencoder")
    except ImportError as error:
        raise ModelUnavailable(
            f"Training an embedding model needs {error.name}, which is not installed: pip install 'jingqiao[st]'."
        ) from error


def _train(model: str, examples: Examples, part: Path, threads: int) -> None:
    # Imported here: a deployment without torch has all other verbs.
    from matcher.training import biencoder

    with counted("training", _PERMILLE) as advance:
        biencoder.tune(
            model,
            examples,
            part,
            threads=threads,
            on_progress=lambda share: advance(round(share * _PERMILLE)),
        )


def _loaded(settings: EngineSettings, model: str | None) -> Embedder:
    return load_embedder(
        "sentence-transformers", model=model, cache_dir=settings.platform.cache, threads=settings.threads
    )


def _scores(examples: Examples, embedder: Embedder, used: Ranker) -> Floats:
    """(pairs,) what pairs are ordered by."""
    ranker = replace(used, background=background.of(embedder))
    with counted("comparing", encoding.count(examples.judged)) as advance:
        seen = encoding.embed(examples.judged, embedder, on_progress=advance)
    told = figures(examples, seen, ranker)
    scores: Floats = ranker.chances(told.table, told.has_one_language).mean(axis=1)
    return scores


def _kept(part: Path, cache_dir: Path) -> Path:
    """The finished model under a name that says what is in it, there whole or not at all."""
    name = f"trained-{st_folder.digest(part)}"
    return cache.converted(cache_dir / name, partial(_copied, part))


def _copied(part: Path, folder: Path) -> None:
    shutil.copytree(part, folder, dirs_exist_ok=True)
