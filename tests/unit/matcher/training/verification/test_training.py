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

pytestmark = [pytest.mark.st, pytest.mark.timeout(600)]

_FEW = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first shipped sets, in a folder of their own."""
    found = tmp_path_factory.mktemp("sets")
    first = sorted(contrast.SHIPPED.glob("*.jsonl"))[0]
    lines = first.read_text(encoding="utf-8").splitlines()[:_FEW]
    (found / "few.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return found


def test_what_serving_runs_says_what_training_measured(folder: Path, tmp_path: Path) -> None:
    sets = contrast.read(folder)
    learnt = learn.learn(sets, e5_file.E5File(e5_file.bundled_path()), "trial", 1, lambda done: None)
    np.savez_compressed(tmp_path / "trial.npz", **learnt.arrays)  # type: ignore[arg-type]
    verifier = load_verifier(tmp_path, path=tmp_path / "trial.npz")
    said = verifier.verify([lesson.claim() for lesson in learnt.held])
    assert verifier.version == "trial"
    assert np.abs(said - learnt.chances).mean() < 0.05  # 8 bits lose a little


def test_the_shipped_vocabulary_is_the_one_that_training_keeps() -> None:
    kept = learn.kept_tokens(e5_file.E5File(e5_file.bundled_path()))
    assert np.array_equal(kept, weights.read(weights.SHIPPED).kept)


def test_the_command_writes_a_file_and_prints_how_it_does(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "verifier.npz"
    monkeypatch.setattr("sys.argv", ["matcher", "train-verifier", str(out), "--sets", str(folder), "--epochs", "1"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert out.stat().st_size > 1 << 20
    assert "held-out industries" in capsys.readouterr().out
