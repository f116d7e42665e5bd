"""`train` learns from a folder of judged pairs too, and writes what is better into a file, without any database."""

import json
from pathlib import Path

import numpy as np
import pytest

from matcher.training import command
from tests.integration.matcher.service_under_test import StandIn
from tests.integration.matcher.test_training import train


def folder(path: Path, *, is_random: bool = False) -> Path:
    """40 demands, each judged with 8 offers. How good one is shows in how much of the demand's text it repeats; how
    much it repeats of the title says nothing."""
    random = np.random.default_rng(5)
    path.mkdir()
    demands, offers, rows = [], [], ["demand_id\toffer_id\tgrade"]
    for at in range(40):
        title, need = _words(random, 8), _words(random, 24)
        demands.append({"id": f"d{at}", "title": title, "text": need})
        for number in range(8):
            grade, repeated = number % 4, int(random.integers(0, 9))
            words = title[:repeated] + need[: 8 * grade] + _words(random, 32 - repeated - 8 * grade)
            offers.append({"id": f"o{at}-{number}", "title": words})
            rows.append(f"d{at}\to{at}-{number}\t{int(random.integers(0, 4)) if is_random else grade}")
    for name, lines in (("demands.jsonl", demands), ("offers.jsonl", offers)):
        (path / name).write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    (path / "judgements.tsv").write_text("\n".join(rows) + "\n")
    return path


def _words(random: np.random.Generator, count: int) -> str:
    return "".join(chr(0x4E00 + int(one)) for one in random.integers(0, 6000, count))


def test_from_a_folder_better_coefficients_are_written_without_any_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "configured_embedder", lambda: StandIn())
    data, out = folder(tmp_path / "told"), tmp_path / "coefficients.json"
    assert train("--data", str(data), "--out", str(out)) == 0
    assert "coefficients.json: coefficients" in capsys.readouterr().out
    assert json.loads(out.read_text())["origin"]["demands"] == 40


def test_from_a_folder_judged_by_chance_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "configured_embedder", lambda: StandIn())
    data = folder(tmp_path / "told", is_random=True)
    assert train("--data", str(data), "--out", str(tmp_path / "coefficients.json")) == 0
    assert not (tmp_path / "coefficients.json").exists()


def test_a_folder_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train("--data", str(tmp_path), "--out", str(tmp_path / "c.json")) == 2
    assert len(capsys.readouterr().err.splitlines()) >= 1


@pytest.mark.parametrize("taken", ["a-file/coefficients.json", "nowhere/coefficients.json", "a-folder"])
def test_a_file_that_cannot_be_written_is_found_out_before_anything_is_computed(
    taken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "configured_embedder", lambda: StandIn())
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder").mkdir()
    data = folder(tmp_path / "told")
    assert train("--data", str(data), "--out", str(tmp_path / taken)) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1, "no progress is shown before it"
    assert str(tmp_path / taken) in said


def test_who_only_compares_needs_no_place_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "configured_embedder", lambda: StandIn())
    data = folder(tmp_path / "told")
    assert train("--data", str(data), "--out", str(tmp_path / "nowhere" / "c.json"), "--compare-only") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["told"]
