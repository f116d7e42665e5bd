"""The measure of the rules: precision and recall with their intervals, by kind, from a file of labelled clauses."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from catalog.fairness import command

DATA = Path(__file__).parents[3] / "data" / "fairness"
ROWS = (
    {"text": "注册资本不低于500万元。", "label": "violation", "kind": "capital"},
    {"text": "定位误差不大于5厘米。", "label": "ok"},
    {"text": "名称中须含有“鲁”字。", "label": "violation", "kind": "other"},
)


def file_of(folder: Path, *rows: object) -> Path:
    path = folder / "clauses.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_it_counts_what_is_found_and_what_is_missed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(Namespace(file=file_of(tmp_path, *ROWS), json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["precision"], told["recall"]) == (3, 1.0, 0.5)
    assert [row["text"] for row in told["wrong"]] == [ROWS[2]["text"]]


def test_a_table_names_kinds_and_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(Namespace(file=file_of(tmp_path, *ROWS), json=False)) == 0
    told = capsys.readouterr().out
    assert "recall     0.500  (95 %: 0.095 … 0.905, of 2)" in told
    assert "violation capital           1 of    1 right" in told


@pytest.mark.parametrize("row", [{"text": "甲"}, {"text": "甲", "label": "bad"}, []])
def test_a_row_that_says_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: object) -> None:
    assert command.run(Namespace(file=file_of(tmp_path, ROWS[0], row), json=True)) == 2
    assert "line 2" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "least"), [("dev.jsonl", (0.9, 0.85)), ("held_out.jsonl", (0.84, 0.7))])
def test_the_rules_are_as_good_as_measured(
    name: str, least: tuple[float, float], capsys: pytest.CaptureFixture[str]
) -> None:
    """On the set they were written on, and, with a margin below README.md's figures, on the one by others."""
    assert command.run(Namespace(file=DATA / name, json=True)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["precision"] >= least[0], told["recall"] >= least[1]) == (True, True)
