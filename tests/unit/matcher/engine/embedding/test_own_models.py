"""A model of one's own: a folder as training leaves it, run without torch, or refused with the reason."""

import sys
from pathlib import Path

import numpy as np
import pytest

from matcher.engine.embedding import ModelUnavailable, load_embedder, st_folder
from tests.support import bert, model_folder


@pytest.mark.parametrize("dtype", ["F32", "F16"])
def test_its_vectors_are_those_of_its_weights(tmp_path: Path, dtype: str) -> None:
    folder = model_folder.write(tmp_path / "own", dtype=dtype)
    source = st_folder.StFolder(folder)
    vocabulary = source.tokenizer().get_vocab()
    exact = bert.mean_pooled(source, [vocabulary[token] for token in ("<s>", *"▁q:▁ship", "</s>")])
    embedder = load_embedder(model=str(folder), cache_dir=tmp_path)
    assert (embedder.encode_queries(["ship"]) @ exact).item() >= 0.9999


def test_its_prompts_and_limit_are_its_own(tmp_path: Path) -> None:
    embedder = load_embedder(model=str(model_folder.write(tmp_path / "own")), cache_dir=tmp_path)
    assert (embedder.max_tokens, embedder.dim) == (16, 64)
    assert embedder.count_tokens("ship") == len("▁p:▁ship") + 2
    assert (embedder.encode_queries(["ship"]) != embedder.encode_passages(["ship"])).any()
    np.testing.assert_array_equal(*embedder.encode_passages(["a" * 20 + "b", "a" * 20 + "c"]))


def test_its_id_follows_what_changes_its_vectors_only(tmp_path: Path) -> None:
    folder = model_folder.write(tmp_path / "trained in March")
    first = load_embedder(model=str(folder), cache_dir=tmp_path).id
    assert first.startswith("trained-in-March-")
    (folder / "README.md").write_text("A word about it.")
    assert load_embedder(model=str(folder), cache_dir=tmp_path).id == first
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {}}')
    assert load_embedder(model=str(folder), cache_dir=tmp_path).id != first


def test_converting_is_told_the_first_time_only(tmp_path: Path) -> None:
    folder = str(model_folder.write(tmp_path / "own"))
    first: list[tuple[str, float]] = []
    second: list[tuple[str, float]] = []
    for told in (first, second):
        load_embedder(model=folder, cache_dir=tmp_path, on_progress=lambda *stage, told=told: told.append(stage))
    converting = [share for stage, share in first if stage == "converting"]
    assert (converting == sorted(converting), converting[-1]) == (True, 1.0)
    assert second == first[-2:] == [("loading", 0.0), ("loading", 1.0)]


@pytest.mark.parametrize(
    ("config", "reason"),
    [({"model_type": "xlm-roberta"}, "model_type is 'xlm-roberta'"), ({"hidden_act": "relu"}, "activation is 'relu'")],
)
def test_another_architecture_is_refused(tmp_path: Path, config: dict[str, str], reason: str) -> None:
    folder = model_folder.write(tmp_path / "own", config=config)
    with pytest.raises(ModelUnavailable, match=reason):
        load_embedder(model=str(folder), cache_dir=tmp_path)


@pytest.mark.parametrize("pooling", ['{"pooling_mode": "cls"}', '{"pooling_mode_cls_token": true}'])
def test_another_pooling_is_refused(tmp_path: Path, pooling: str) -> None:
    folder = model_folder.write(tmp_path / "own")
    (folder / "1_Pooling/config.json").write_text(pooling)
    with pytest.raises(ModelUnavailable, match="mean"):
        load_embedder(model=str(folder), cache_dir=tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x01", b"\xff" * 99, b"\x02\0\0\0\0\0\0\0{}"], ids=range(4))
def test_broken_weights_are_refused(tmp_path: Path, content: bytes) -> None:
    folder = model_folder.write(tmp_path / "own")
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors"):
        load_embedder(model=str(folder), cache_dir=tmp_path)


def test_weights_cut_short_are_refused(tmp_path: Path) -> None:
    folder = model_folder.write(tmp_path / "own")
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:-1])
    with pytest.raises(ModelUnavailable, match=f"is not {len(weights)} bytes"):
        load_embedder(model=str(folder), cache_dir=tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"config\.json is missing"):
        load_embedder(model=str(tmp_path), cache_dir=tmp_path)


def test_without_its_extra_the_other_engine_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "matcher.engine.embedding.sentence_transformers_engine", raising=False)
    with pytest.raises(ModelUnavailable, match=r"needs torch.*jingqiao\[st\]"):
        load_embedder("sentence-transformers", cache_dir=tmp_path)
