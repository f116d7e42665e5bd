"""The tests' stand-in for the model keeps the rules the rest of the matcher relies on."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.embedding import Embedder
from tests.support.embedder import HashEmbedder


@given(st.lists(st.text(st.characters(codec=None)), max_size=5))
def test_any_text_has_a_vector_of_unit_length(texts: list[str]) -> None:
    embedder: Embedder = HashEmbedder(dim=64)
    vectors = embedder.encode_passages(texts)
    assert vectors.shape == (len(texts), 64)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_shared_wording_is_nearness() -> None:
    embedder = HashEmbedder()
    asked = embedder.encode_queries(["港口集装箱无人集卡调度"])
    offered = embedder.encode_passages(["医院手术室消毒机器人", "无人集卡与集装箱调度系统"])
    assert (asked @ offered.T).argmax() == 1


def test_every_run_gives_the_same_vectors() -> None:
    script = "from tests.support.embedder import HashEmbedder as H; print(H().encode_queries(['港口']).tobytes().hex())"
    other_run = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert other_run.strip() == HashEmbedder().encode_queries(["港口"]).tobytes().hex()
