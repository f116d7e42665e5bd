"""Judged pairs are scored without a server; a row that cannot be read is named by its line and field."""

import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

import pytest

from common.contracts.matcher import Outcome
from matcher.evaluation import clauses_command, judge_command, readers, verdict_report
from matcher.evaluation.verdict_report import ScoredVerdict

MET, MISSED, OPEN = Outcome.SATISFIED, Outcome.NOT_SATISFIED, Outcome.INSUFFICIENT_EVIDENCE
GOOD = {
    "clause": "载重不低于5吨",
    "profile": "额定载重6吨。",
    "right": "满足",
    "why": "6 is more than 5",
}


def scored(right: Outcome, said: Outcome) -> ScoredVerdict:
    return ScoredVerdict("载重不低于5吨", "额定载重6吨。", "figure", right, said, "because")


def file_of(folder: Path, *lines: object) -> str:
    path = folder / "pairs.jsonl"
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines), encoding="utf-8")
    return str(path)


def ran(command: object, *arguments: str) -> int:
    parser = ArgumentParser()
    assert command in (judge_command, clauses_command)
    command.configure(parser)
    status: int = command.run(parser.parse_args(arguments))
    return status


def test_what_is_said_is_counted_by_label_and_the_wrongly_decided_are_listed() -> None:
    pairs = [scored(MET, MET), scored(OPEN, MET), scored(MISSED, MISSED), scored(MET, OPEN)]
    told = verdict_report.as_json(pairs)
    assert (told["cases"], told["alike"]) == (4, 2)
    assert (told["satisfied"], told["not_satisfied"]) == ({"said": 2, "right": 1}, {"said": 1, "right": 1})
    assert [(one["right"], one["said"], one["reason"]) for one in told["wrong"]] == [("证据不足", "满足", "because")]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", ":2: not JSON"),
        ("[" * 100_000, ":2: not JSON"),
        ("[1]", ":2: not a JSON object"),
        ({**GOOD, "right": "maybe"}, ":2: right: "),
        ({"clause": "载重不低于5吨", "right": "满足"}, ":2: profile: "),
    ],
)
def test_a_bad_row_is_named_by_line_and_field_and_nothing_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: object, told: str
) -> None:
    assert ran(judge_command, file_of(tmp_path, GOOD, line), "--json") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_a_line_separator_within_a_text_does_not_end_the_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(tmp_path, json.dumps({"need": "支持离线部署\u2028识别准确率≥95%"}, ensure_ascii=False))
    assert ran(clauses_command, path, "--json") == 0
    told, end = capsys.readouterr().out.split("\n")
    assert end == ""
    assert [clause.get("value") for clause in json.loads(told)][-1] == 95


def test_clauses_come_out_one_array_a_line_with_their_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(tmp_path, {"need": "载重不低于5吨。"}, {"need": "须支持离线部署。"})
    assert ran(clauses_command, path, "--json") == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(one["operator"], one["value"], one["unit"]) for one in first] == [("ge", 5.0, "吨")]
    assert [(one["text"], one["is_hard"]) for one in second] == [("须支持离线部署", True)]


@pytest.mark.parametrize(
    ("first", "second", "alike", "kappa"),
    [
        ([MET, MISSED, OPEN], [MET, MISSED, OPEN], 3, 1.0),
        # Two of four alike; by chance (½·½ + ½·½) would be.
        ([MET, MET, MISSED, MISSED], [MET, MISSED, MISSED, MET], 2, 0.0),
        # Cohen's own arithmetic: (.75 − .5) / (1 − .5).
        ([MET, MET, MISSED, MISSED], [MET, MET, MISSED, MET], 3, 0.5),
        ([MET, MET], [MET, MET], 2, 1.0),
        ([], [], 0, 0.0),
    ],
)
def test_two_readers_agree_beyond_chance_by_kappa(
    first: list[Outcome], second: list[Outcome], alike: int, kappa: float
) -> None:
    found = readers.agreement(first, second)
    assert (found.count, found.alike) == (len(first), alike)
    assert found.kappa == pytest.approx(kappa)


def test_the_agreement_of_two_readers_is_told_where_two_read() -> None:
    once, twice = scored(MET, MET), replace(scored(MET, MET), second=MISSED)
    assert "readers" not in verdict_report.as_json([once])
    assert verdict_report.as_json([once, twice])["readers"] == {"both_read": 1, "alike": 0, "kappa": 0.0}
    assert [table.title for table in verdict_report.tables([once, twice])][-1] == "two readers of the same pairs"
