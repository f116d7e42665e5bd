"""Chooses an engine, converts the bundled model on first use, answers with a ready embedder."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from matcher.engine.embedding import cache, e5_file, prompts
from matcher.engine.embedding.contract import Embedder, ModelUnavailable, Progress

EngineName = Literal["ctranslate2", "sentence-transformers"]

BUNDLED_MODEL = "multilingual-e5-small"
# Raise it whenever a converter writes other numbers or another tokenizer: stored vectors are then re-embedded.
CONVERTER_VERSION = 1
_BUNDLED_MAX_TOKENS = 512


def load_embedder(
    engine: EngineName = "ctranslate2",
    *,
    model: str | None = None,
    cache_dir: Path,
    threads: int = 1,
    on_progress: Progress | None = None,
) -> Embedder:
    """The embedder; a second when the converted model is in `cache_dir`, some seconds more the first time.

    Raises ModelUnavailable.
    """
    tell = on_progress or (lambda stage, share: None)
    if engine == "ctranslate2" and model is None:
        return _bundled_ctranslate2(cache_dir, threads, tell)
    raise ModelUnavailable(f"{engine} cannot load {model}.")


def _bundled_ctranslate2(cache_dir: Path, threads: int, tell: Progress) -> Embedder:
    # Here, not above: the package must be importable without the engine's libraries.
    from matcher.engine.embedding import ct2_model
    from matcher.engine.embedding.ctranslate2_engine import CTranslate2Embedder

    name = _bundled_id("ct2-int8")
    folder = cache.converted(
        cache_dir / name, lambda part: ct2_model.write(_source(tell), part, on_progress=_as_stage(tell, "converting"))
    )
    tell("loading", 0.0)
    embedder = CTranslate2Embedder(folder, id=name, max_tokens=_BUNDLED_MAX_TOKENS, prompts=prompts.E5, threads=threads)
    tell("loading", 1.0)
    return embedder


def _bundled_id(precision: str) -> str:
    return f"{BUNDLED_MODEL}-{e5_file.SHA256[:12]}-v{CONVERTER_VERSION}-{precision}"


def _source(tell: Progress) -> e5_file.E5File:
    tell("checking", 0.0)
    path = e5_file.bundled_path()
    e5_file.verify(path)
    tell("checking", 1.0)
    return e5_file.E5File(path)


def _as_stage(tell: Progress, stage: str) -> Callable[[float], None]:
    return lambda share: tell(stage, share)
