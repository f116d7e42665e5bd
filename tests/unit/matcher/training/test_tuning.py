"""Fine-tuning changes the top of a model for the better, and what does not get better is not kept; needs `st`."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from common.settings import PlatformSettings
from matcher.engine.embedding import Embedder, load_embedder
from matcher.engine.embedding.tokenizer import BOS, EOS, MASK, PAD, UNK
from matcher.engine.ranking.ranker import load_ranker
from matcher.evaluation.folder import FolderDemand, FolderOffer, Judged
from matcher.settings import EngineSettings
from matcher.training import tuning
from matcher.training.examples import Examples, equally
from tests.support import model_folder

pytestmark = pytest.mark.st

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def examples(*, is_random: bool = False, demands: int = 40) -> Examples:
    """Every demand asks with one of eight letters; the offers with the letter eight places on are good. No offer shares
    a letter with its demand, so only who has learnt this can tell."""
    random = np.random.default_rng(3)
    rows = [(place, letter) for place in range(demands) for letter in range(8)]
    grades = np.array([3 if place % 8 == letter else 0 for place, letter in rows])
    judged = Judged(
        demands=[
            FolderDemand(str(at), _text(random, at % 8), _text(random, at % 8), (), "en") for at in range(demands)
        ],
        offers=[FolderOffer(str(at), _text(random, 8 + letter), "", (), "en") for at, (_, letter) in enumerate(rows)],
        demand_of=np.array([place for place, _ in rows]),
        offer_of=np.arange(len(rows)),
        grades=random.permutation(grades) if is_random else grades,
        digest="",
    )
    return equally(judged)


def _text(random: np.random.Generator, letter: int) -> str:
    """A letter four times, and three that say nothing."""
    return 4 * LETTERS[letter] + "".join(random.choice(list(LETTERS[16:]), 3))


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    model = model_folder.write(tmp_path / "small", config={"attention_probs_dropout_prob": 0.0})
    names = {"bos": BOS, "cls": BOS, "eos": EOS, "sep": EOS, "pad": PAD, "unk": UNK, "mask": MASK}
    tokens = {f"{name}_token": token for name, token in names.items()}
    stated = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 16, **tokens}
    (model / "tokenizer_config.json").write_text(json.dumps(stated))
    return EngineSettings(model=str(model), platform=PlatformSettings(cache=tmp_path / "cache"))


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small a model needs more steps, and longer ones, than one that knows languages."""
    biencoder = importlib.import_module("matcher.training.biencoder")
    monkeypatch.setattr(biencoder, "EPOCHS", 20)
    monkeypatch.setattr(biencoder, "RATE", 3e-3)


def trained(settings: EngineSettings, told: Examples, folder: Path) -> Path:
    assert settings.model is not None
    importlib.import_module("matcher.training.biencoder").tune(
        settings.model, told, folder, threads=1, on_progress=lambda share: None
    )
    return folder


def weights(folder: str | Path) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = importlib.import_module("safetensors.numpy").load_file(
        str(Path(folder) / "model.safetensors")
    )
    return found


def lead(embedder: Embedder, told: Examples) -> float:
    """How much nearer good offers are than others."""
    judged = told.judged
    asked = embedder.encode_queries([demand.title for demand in judged.demands])
    offered = embedder.encode_passages([offer.title for offer in judged.offers])
    cosines = (asked[judged.demand_of] * offered[judged.offer_of]).sum(axis=1)
    return float(cosines[judged.grades > 0].mean() - cosines[judged.grades == 0].mean())


def test_only_the_top_layers_learn(settings: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("matcher.training.biencoder"), "TOP_LAYERS", 1)
    before, after = weights(str(settings.model)), weights(trained(settings, examples(), tmp_path / "trained"))
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_the_same_examples_give_the_same_model(settings: EngineSettings, tmp_path: Path) -> None:
    one, other = (weights(trained(settings, examples(), tmp_path / name)) for name in ("one", "other"))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_pair_that_stands_for_many_counts_more(settings: EngineSettings, tmp_path: Path) -> None:
    told = examples()
    heavy = Examples(told.judged, np.where(np.arange(len(told.weights)) % 3, 1.0, 20.0))
    one, other = (weights(trained(settings, each, tmp_path / name)) for each, name in ((told, "a"), (heavy, "b")))
    assert any(not np.array_equal(one[name], other[name]) for name in one)


def test_a_better_model_is_kept_and_runs_on_both_engines(settings: EngineSettings) -> None:
    told = examples()
    found = tuning.tune(told, settings, load_ranker())
    assert found.folder is not None
    assert found.folder.parent == settings.platform.cache
    assert (found.learnt, found.held_out) == (30, 10)
    old = load_embedder("ctranslate2", model=settings.model, cache_dir=settings.platform.cache)
    for engine in ("ctranslate2", "sentence-transformers"):
        new = load_embedder(engine, model=str(found.folder), cache_dir=settings.platform.cache)
        assert lead(new, told) > lead(old, told)
    assert not list(settings.platform.cache.glob("training-*"))


def test_a_better_model_is_not_kept_when_only_compared(settings: EngineSettings) -> None:
    found = tuning.tune(examples(), settings, load_ranker(), is_kept=False)
    assert (found.is_better, found.folder) == (True, None)
    assert not list(settings.platform.cache.glob("trained-*"))


def test_from_chance_nothing_is_kept(settings: EngineSettings) -> None:
    found = tuning.tune(examples(is_random=True), settings, load_ranker())
    assert (found.is_better, found.folder) == (False, None)
    assert not list(settings.platform.cache.glob("trained-*"))
