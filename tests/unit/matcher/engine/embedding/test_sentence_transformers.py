"""The bundled model under sentence-transformers, and models trained there under CTranslate2; needs the extra `st`."""

import importlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from matcher.engine.embedding import Embedder, ModelUnavailable, e5_file, load_embedder
from tests.support import bert

pytestmark = pytest.mark.st

TEXTS = [
    "工作温度-40℃～85℃，防护等级IP67",
    "①人工智能②大数据",
    "面积1,200㎡、体积3㎥",
    "ＡＧＶ　全角　空格\t制表\n换行",
    "Unmanned surface vehicle, range ≥ 200 km",
    "é e\u0301 ﬁ ½ 😀🈻𠮷 </s>",
    "",
]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def embedder(cache_dir: Path) -> Embedder:
    return load_embedder("sentence-transformers", cache_dir=cache_dir)


@pytest.fixture(scope="module")
def light(cache_dir: Path) -> Embedder:
    return load_embedder("ctranslate2", cache_dir=cache_dir)


@pytest.fixture(scope="module")
def trained(cache_dir: Path, embedder: Embedder) -> Path:
    """A folder as training leaves it: other weights, a shorter limit and its own prompts."""
    model = importlib.import_module("sentence_transformers").SentenceTransformer(str(cache_dir / embedder.id))
    model.max_seq_length = 64
    model.prompts = {"query": "问：", "document": "答："}
    layer = model.transformers_model.encoder.layer[11].output.LayerNorm
    layer.weight.data *= importlib.import_module("torch").linspace(0.2, 1.8, embedder.dim)
    model.save(str(cache_dir / "trained here"))
    return cache_dir / "trained here"


def test_both_engines_see_the_same_tokens(cache_dir: Path, embedder: Embedder, light: Embedder) -> None:
    ours = Tokenizer.from_file(str(cache_dir / light.id / "tokenizer.json"))
    theirs = importlib.import_module("transformers").AutoTokenizer.from_pretrained(str(cache_dir / embedder.id))
    for text in TEXTS:
        assert theirs(f"passage: {text}")["input_ids"] == ours.encode(f"passage: {text}").ids
        assert embedder.count_tokens(text) == light.count_tokens(text)
    assert embedder.max_tokens == light.max_tokens == 512


def test_vectors_are_those_of_the_weights(cache_dir: Path, embedder: Embedder, light: Embedder) -> None:
    source = e5_file.E5File(e5_file.bundled_path())
    tokens = Tokenizer.from_file(str(cache_dir / light.id / "tokenizer.json"))
    exact = np.stack([bert.mean_pooled(source, tokens.encode(f"passage: {text}").ids) for text in TEXTS])
    assert (embedder.encode_passages(TEXTS) * exact).sum(axis=1).min() >= 0.99999


def test_both_engines_agree(embedder: Embedder, light: Embedder) -> None:
    cosines = [(embedder.encode_queries(TEXTS) * light.encode_queries(TEXTS)).sum(axis=1)]
    cosines += [(embedder.encode_passages(TEXTS) * light.encode_passages(TEXTS)).sum(axis=1)]
    assert np.min(cosines) >= 0.99999


def test_order_shape_and_progress_are_kept(embedder: Embedder) -> None:
    told: list[int] = []
    vectors = embedder.encode_passages(TEXTS * 20, on_progress=told.append)
    np.testing.assert_allclose(vectors, np.tile(embedder.encode_passages(TEXTS), (20, 1)), atol=1e-5)
    assert vectors.dtype == np.float32
    assert told[-1] == len(vectors)
    assert embedder.encode_queries([]).shape == (0, embedder.dim)


def test_long_and_broken_text_is_accepted(embedder: Embedder) -> None:
    vectors = embedder.encode_passages(["\ud800", "\0", "字" * 20_000])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_counting_and_encoding_may_happen_at_once(embedder: Embedder) -> None:
    long = "车" * 2000
    count, vector = embedder.count_tokens(long), embedder.encode_passages(["车"])
    with ThreadPoolExecutor(4) as pool:
        work = [
            (pool.submit(embedder.count_tokens, long), pool.submit(embedder.encode_passages, ["车"]))
            for _ in range(150)
        ]
    assert {counted.result() for counted, _ in work} == {count}
    np.testing.assert_allclose(
        np.concatenate([encoded.result() for _, encoded in work]), np.tile(vector, (150, 1)), atol=1e-5
    )


def test_the_id_tells_it_from_the_light_engine(embedder: Embedder) -> None:
    assert embedder.id == "multilingual-e5-small-1571fc982750-v1-st-float32"


def test_loading_prints_nothing(cache_dir: Path, embedder: Embedder) -> None:
    script = (
        "import pathlib; from matcher.engine.embedding import load_embedder;"
        f"load_embedder('sentence-transformers', cache_dir=pathlib.Path({str(cache_dir)!r})).count_tokens('字' * 9999)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout + run.stderr == ""


def test_a_model_trained_with_torch_runs_without_it(trained: Path, cache_dir: Path, embedder: Embedder) -> None:
    heavy = load_embedder("sentence-transformers", model=str(trained), cache_dir=cache_dir)
    light = load_embedder("ctranslate2", model=str(trained), cache_dir=cache_dir)
    for ask in ("encode_queries", "encode_passages"):
        ours, theirs, before = (getattr(one, ask)(TEXTS) for one in (light, heavy, embedder))
        assert (ours * theirs).sum(axis=1).min() >= 0.9999
        assert (theirs * before).sum(axis=1).max() < 0.99


def test_a_trained_model_keeps_its_limit_and_prompts(trained: Path, cache_dir: Path) -> None:
    heavy = load_embedder("sentence-transformers", model=str(trained), cache_dir=cache_dir)
    light = load_embedder("ctranslate2", model=str(trained), cache_dir=cache_dir)
    assert heavy.max_tokens == light.max_tokens == 64
    assert heavy.count_tokens("车") == light.count_tokens("车")
    long = ["车" * 500 + "。", "车" * 500 + "？"]
    np.testing.assert_array_equal(*light.encode_passages(long))


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot load"):
        load_embedder("sentence-transformers", model=str(tmp_path), cache_dir=tmp_path)
