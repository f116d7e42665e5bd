"""Chooses an engine and gives it a model in the form it needs."""

import re
from functools import lru_cache, partial
from pathlib import Path
from typing import Literal

from matcher.engine.embedding import cache, e5_file, prompts, st_folder
from matcher.engine.embedding.contract import Embedder, ModelUnavailable, Progress, Tokenizer

EngineName = Literal["ctranslate2", "sentence-transformers"]

_BUNDLED = "multilingual-e5-small"
_BUNDLED_MAX_TOKENS = 512
# Raise the number whenever the converter writes other numbers or another tokenizer: stored vectors are then made anew.
_CT2, _ST = "v2-ct2-float32", "v1-st-float32"
_EXTRA = {"ctranslate2": "matcher", "sentence-transformers": "st"}


def load_embedder(
    engine: EngineName = "ctranslate2",
    *,
    model: str | None = None,
    cache_dir: Path,
    threads: int = 1,
    on_progress: Progress | None = None,
) -> Embedder:
    """A ready embedder: a second, or some seconds when its model must first be converted into `cache_dir`.

    model    None for the bundled one; a sentence-transformers folder; a hub name for "sentence-transformers" only
    threads  processor threads it may keep busy

    Raises ModelUnavailable.
    """
    tell = on_progress or (lambda stage, share: None)
    load = _ctranslate2 if engine == "ctranslate2" else _sentence_transformers
    try:
        embedder = load(model, cache_dir, threads, tell)
    except ImportError as error:
        raise ModelUnavailable(
            f"The engine {engine} needs {error.name}, which is not installed: pip install 'jingqiao[{_EXTRA[engine]}]'."
        ) from error
    tell("loading", 1.0)
    return embedder


# The engines are imported where they are used: a deployment has the libraries of the one it uses.


def _ctranslate2(model: str | None, cache_dir: Path, threads: int, tell: Progress) -> Embedder:
    from matcher.engine.embedding.ctranslate2_engine import CTranslate2Embedder
    from matcher.engine.embedding.tokenizer import FileTokenizer

    if model is None:
        id, max_tokens, spoken = _bundled_id(_CT2), _BUNDLED_MAX_TOKENS, prompts.E5
        write = partial(_write_bundled_ct2, tell=tell)
    else:
        source = st_folder.StFolder(Path(model))
        id, max_tokens, spoken = f"{_own_name(Path(model))}-{_CT2}", source.max_tokens, source.prompts
        write = partial(_write_own_ct2, source=source, tell=tell)
    folder = cache.converted(cache_dir / id, write)
    tell("loading", 0.0)
    tokenizer = bundled_tokenizer() if model is None else FileTokenizer(folder / "tokenizer.json")
    return CTranslate2Embedder(folder, tokenizer, id=id, max_tokens=max_tokens, prompts=spoken, threads=threads)


def _sentence_transformers(model: str | None, cache_dir: Path, threads: int, tell: Progress) -> Embedder:
    from matcher.engine.embedding.sentence_transformers_engine import SentenceTransformersEmbedder

    if model is None:
        id: str | None = _bundled_id(_ST)
        model = str(cache.converted(cache_dir / _bundled_id(_ST), partial(_write_bundled_st, tell=tell)))
    else:
        id = f"{_own_name(Path(model))}-{_ST}" if Path(model).is_dir() else None
    tell("loading", 0.0)
    return SentenceTransformersEmbedder(model, id=id, threads=threads)


def _write_bundled_ct2(part: Path, *, tell: Progress) -> None:
    from matcher.engine.embedding import ct2_model, tokenizer

    source = _bundled(tell)
    ct2_model.write(
        source, tokenizer.e5_tokenizer(list(source.pieces())), part, on_progress=partial(tell, "converting")
    )


def _write_own_ct2(part: Path, *, source: st_folder.StFolder, tell: Progress) -> None:
    from matcher.engine.embedding import ct2_model

    ct2_model.write(source, source.tokenizer(), part, on_progress=partial(tell, "converting"))


def _write_bundled_st(part: Path, *, tell: Progress) -> None:
    from matcher.engine.embedding import st_model

    st_model.write(_bundled(tell), part, on_progress=partial(tell, "converting"))


@lru_cache(maxsize=1)
def bundled_tokenizer() -> Tokenizer:
    """One for all models of a process that share its tokens: 45 MB."""
    from matcher.engine.embedding.unigram import UnigramTokenizer

    return UnigramTokenizer(e5_file.E5File(e5_file.bundled_path()).pieces())


def _bundled(tell: Progress) -> e5_file.E5File:
    tell("checking", 0.0)
    path = e5_file.bundled_path()
    e5_file.verify(path)
    return e5_file.E5File(path)


def _bundled_id(form: str) -> str:
    return f"{_BUNDLED}-{e5_file.SHA256[:12]}-{form}"


def _own_name(folder: Path) -> str:
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', folder.resolve().name)}-{st_folder.digest(folder)}"
