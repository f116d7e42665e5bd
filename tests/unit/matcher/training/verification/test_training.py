"""A verifier trained for a moment is a file that serving can run."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra st (torch)")

from matcher.__main__ import main
from matcher.engine.embedding import e5_file
from matcher.engine.verification import weights
from matcher.engine.verification.verifier import load_verifier
from matcher.training.verification import contrast, learn
from matcher.training.verification.network import Network

pytestmark = [pytest.mark.st, pytest.mark.timeout(600)]

_FEW = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some shipped sets, in a folder of their own."""
    return _first_of(contrast.SHIPPED, tmp_path_factory.mktemp("sets"))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some shipped pairs."""
    return _first_of(contrast.SHIPPED_PAIRS, tmp_path_factory.mktemp("pairs"))


def _first_of(shipped: Path, folder: Path) -> Path:
    first = sorted(shipped.glob("*.jsonl"))[0]
    lines = first.read_text(encoding="utf-8").splitlines()
    lines = lines[:: len(lines) // _FEW]  # of several industries
    (folder / "few.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_what_serving_runs_says_what_training_measured(folder: Path, pairs: Path, tmp_path: Path) -> None:
    material = learn.Material(contrast.read(folder), contrast.read_pairs(pairs))
    learnt = learn.learn(material, e5_file.E5File(e5_file.bundled_path()), "trial", 1, lambda done: None)
    np.savez_compressed(tmp_path / "trial.npz", **learnt.arrays)  # type: ignore[arg-type]
    verifier = load_verifier(tmp_path, path=tmp_path / "trial.npz")
    said = verifier.verify([lesson.claim() for lesson in learnt.held])
    assert verifier.version == "trial"
    assert np.abs(said - learnt.chances).mean() < 0.05  # 8 bits lose a little


def test_the_shipped_vocabulary_is_the_one_that_training_keeps() -> None:
    kept = learn.kept_tokens(e5_file.E5File(e5_file.bundled_path()))
    assert np.array_equal(kept, weights.read(weights.SHIPPED).kept)


def test_what_is_loaded_is_what_was_stored() -> None:
    source = e5_file.E5File(e5_file.bundled_path())
    stored = weights.read(weights.SHIPPED)
    learner = Network(source, stored.kept)
    learner.load(stored)
    again = learner.stored(stored.kept, stored.version)
    assert all(np.array_equal(again[name], values) for name, values in stored.layers.items() if values.dtype == np.int8)
    assert np.array_equal(again["head.weight"], stored.head[0])


def test_the_command_writes_a_file_and_prints_how_it_does(
    folder: Path, pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "verifier.npz"
    material = ["--sets", str(folder), "--pairs", str(pairs), "--start", str(weights.SHIPPED)]
    monkeypatch.setattr("sys.argv", ["matcher", "train-verifier", str(out), *material])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert out.stat().st_size > 1 << 20
    assert "held-out industries" in capsys.readouterr().out
