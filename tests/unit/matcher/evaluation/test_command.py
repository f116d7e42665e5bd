"""`evaluate` measures any folder of judged pairs, and names file and line of what it cannot read."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from matcher import evaluation
from matcher.engine.embedding import Matrix
from matcher.engine.ranking.ranker import SHIPPED
from matcher.evaluation import command, encoding, folder, report
from matcher.json_lines import BadFile
from matcher.vectors import content
from tests.support import samples
from tests.support.embedder import HashEmbedder

SUBJECTS = ["集装箱残损识别", "冷库温度监测", "焊缝缺陷检测", "河道漂浮物打捞", "心电信号采集", "电池梯次利用"]


def written(at: Path, *, demands: Sequence[object], offers: Sequence[object], judgements: str) -> Path:
    at.mkdir(exist_ok=True)
    for name, rows in (("demands.jsonl", demands), ("offers.jsonl", offers)):
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        (at / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (at / "judgements.tsv").write_text(f"demand_id\toffer_id\tgrade\n{judgements}", encoding="utf-8")
    return at


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Six demands in three wordings each, of which one fits, one is near and two are not."""
    demands: list[dict[str, str]] = []
    offers: list[dict[str, str]] = []
    lines: list[str] = []
    for number in range(18):
        subject = SUBJECTS[number % 6]
        demands.append(
            {"id": f"d{number}", "title": f"{subject}第{number}批", "text": f"需要{subject}，误差不超过3%。"}
        )
        wordings = [
            f"{subject}系统{number}",
            f"{subject[:2]}设备{number}",
            f"钢材{number}号贸易",
            f"{number}号广告印刷",
        ]
        for grade, title in zip((3, number % 2 + 1, 0, number % 2), wordings, strict=True):
            offers.append({"id": f"o{len(offers)}", "title": title})
            lines.append(f"d{number}\to{len(offers) - 1}\t{grade}\n")
    return written(tmp_path / "small", demands=demands, offers=offers, judgements="".join(lines))


@pytest.fixture
def evaluate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command with the tests' embedder."""
    engines = {None: HashEmbedder(), "ctranslate2": HashEmbedder(), "sentence-transformers": HashEmbedder(dim=5)}
    monkeypatch.setattr(command, "configured_embedder", lambda engine=None: engines[engine])
    line = argparse.ArgumentParser()
    evaluation.configure(line)
    return lambda *arguments: evaluation.run(line.parse_args([str(one) for one in arguments]))


def test_json_is_one_object_with_every_system_and_figure(
    small: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(small, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["demands"], found["offers"], found["pairs"]) == (18, 72, 72)
    assert list(found["systems"]) == ["dense", "bm25", "shipped", "shipped_cross_validated"]
    for figures in found["systems"].values():
        for name in ("ndcg@10", "rho_per_demand", "recall@50", "recall@100"):
            assert -1.0 <= figures[name] <= 1.0
    assert set(found["systems"]["shipped"]) > {"ece_grade>=1", "ece_grade>=2"}
    gain = found["shipped_over_dense"]["ndcg@10"]
    assert gain["low"] <= gain["delta"] <= gain["high"]


def test_the_same_folder_gives_the_same_figures(
    small: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(small, "--json")
    first = capsys.readouterr().out
    evaluate(small, "--json")
    assert capsys.readouterr().out == first


def test_out_writes_numbers_tables_and_plots_and_nothing_into_the_folder(
    small: Path, evaluate: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(small.iterdir())
    assert evaluate(small, "--out", tmp_path / "new" / "out") == 0
    names = sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
    assert names == ["evaluation.json", "evaluation.txt", "recall.png", "reliability.png"]
    assert "shipped (cross-validated)" in capsys.readouterr().out
    assert sorted(small.iterdir()) == before


def test_folds_can_be_left_out(small: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(small, "--json", "--folds", "0") == 0
    assert "shipped_cross_validated" not in json.loads(capsys.readouterr().out)["systems"]


@pytest.mark.parametrize(("engine", "is_alike"), [("ctranslate2", True), ("sentence-transformers", False)])
def test_another_engine_is_said_to_put_the_same_offers_first_if_it_does(
    small: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str], engine: str, is_alike: bool
) -> None:
    assert evaluate(small, "--json", "--folds", "0", "--beside", engine) == 0
    beside = json.loads(capsys.readouterr().out)["beside"]
    assert beside["model"] == "hashed-ngrams"
    assert (beside["same"] == 1.0, beside["same_order"] == 1.0) == (is_alike, is_alike)
    assert evaluate(small, "--folds", "0", "--beside", engine) == 0
    assert ("for 100.0% of demands" in capsys.readouterr().out) == is_alike


def test_a_held_out_demand_teaches_nothing_about_itself(small: Path) -> None:
    judged = folder.read(small)
    made, _ = command.evaluate(judged, HashEmbedder())
    mistaken = folder.Judged(**(vars(judged) | {"grades": np.where(judged.demand_of == 0, 3, judged.grades)}))
    other, _ = command.evaluate(mistaken, HashEmbedder())
    mine = judged.demand_of == 0
    honest, shaken = made.systems[report.CROSS_VALIDATED].judged, other.systems[report.CROSS_VALIDATED].judged
    np.testing.assert_array_equal(honest[mine], shaken[mine])
    assert not np.array_equal(honest[~mine], shaken[~mine])


GOOD_DEMAND = {"id": "d", "title": "集装箱残损识别", "text": "需要识别箱体破损。"}
GOOD_OFFER = {"id": "o", "title": "箱体残损检测"}


@pytest.mark.parametrize(
    ("demands", "offers", "judgements", "said"),
    [
        (["{not json"], [GOOD_OFFER], "", "demands.jsonl:1: not JSON"),
        (["[1]"], [GOOD_OFFER], "", "demands.jsonl:1: not a JSON object"),
        (["[" * 200_000], [GOOD_OFFER], "", "demands.jsonl:1: not JSON"),
        (['{"id": "d", "title": "\\ud800"}'], [GOOD_OFFER], "", "demands.jsonl:1: 'title' holds half a character"),
        ([GOOD_DEMAND, {"id": "e"}], [GOOD_OFFER], "", "demands.jsonl:2: 'title' must be a text that is not empty"),
        ([GOOD_DEMAND, GOOD_DEMAND], [GOOD_OFFER], "", "demands.jsonl: the id 'd' occurs twice"),
        ([GOOD_DEMAND], [{**GOOD_OFFER, "text": 7}], "", "offers.jsonl:1: 'text' must be a text"),
        ([GOOD_DEMAND], [{**GOOD_OFFER, "items": [3]}], "", "offers.jsonl:1: 'items' must be a list of objects"),
        ([GOOD_DEMAND], [{**GOOD_OFFER, "language": "fr"}], "", "offers.jsonl:1: 'language' must be one of zh, en"),
        ([GOOD_DEMAND], [GOOD_OFFER], "d\to\n", "judgements.tsv:2: expected 3 cells"),
        ([GOOD_DEMAND], [GOOD_OFFER], "d\tx\t1\n", "judgements.tsv:2: offers.jsonl has no 'x'"),
        ([GOOD_DEMAND], [GOOD_OFFER], "x\to\t1\n", "judgements.tsv:2: demands.jsonl has no 'x'"),
        ([GOOD_DEMAND], [GOOD_OFFER], "d\to\t4\n", "judgements.tsv:2: the grade must be 0 to 3, not '4'"),
        ([GOOD_DEMAND], [GOOD_OFFER], "d\to\t1\nd\to\t2\n", "judgements.tsv:3: this pair is judged twice"),
        ([GOOD_DEMAND], [GOOD_OFFER], "", "judgements.tsv: no pair is judged"),
    ],
)
def test_bad_input_is_one_line_that_names_the_place(
    tmp_path: Path, demands: list[object], offers: list[object], judgements: str, said: str
) -> None:
    bad = written(tmp_path / "bad", demands=demands, offers=offers, judgements=judgements)
    with pytest.raises(BadFile) as refused:
        folder.read(bad)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_one_line_on_stderr_and_status_2(
    tmp_path: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(tmp_path, "--json") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "demands.jsonl: no such file" in said.err


@pytest.mark.parametrize(
    "content",
    ["", "3", "null", "[]", "{}", '{"version": 1, "features": []}', {"same_language": {}}, {"band_floors": []},
     {"threshold": "x"}, {"cross_language": {"weights": {}, "steps": [[1, 1]]}}],
)  # fmt: skip
def test_a_file_that_holds_no_coefficients_is_one_line_that_names_it(
    small: Path, tmp_path: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str], content: object
) -> None:
    mine = tmp_path / "mine.json"
    shipped = json.loads(SHIPPED.read_text(encoding="utf-8"))
    mine.write_text(content if isinstance(content, str) else json.dumps(shipped | cast(dict[str, Any], content)))
    assert evaluate(small, "--coefficients", mine) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{mine}: ")
    assert said.count("\n") == 1


def test_a_place_that_cannot_be_written_is_found_out_before_anything_is_computed(
    small: Path, tmp_path: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert evaluate(small, "--out", tmp_path / "taken" / "here") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1, "no progress is shown before it"
    assert "taken" in said


def test_a_folder_with_one_pair_has_figures_or_says_null(
    tmp_path: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    one = written(tmp_path / "one", demands=[GOOD_DEMAND], offers=[GOOD_OFFER], judgements="d\to\t1\n")
    assert evaluate(one, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["systems"]["dense"]["ndcg@10"] == 1.0
    assert found["systems"]["dense"]["recall@50"] is None
    assert found["shipped_over_dense"]["recall@50"] is None


def test_fitting_offers_in_another_language_are_counted_apart(
    tmp_path: Path, evaluate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    english = [{"id": "e", "title": "Container damage detection"}, {"id": "f", "title": "Beef"}]
    mixed = written(
        tmp_path / "mixed",
        demands=[GOOD_DEMAND],
        offers=[GOOD_OFFER, *english],
        judgements="d\to\t3\nd\te\t2\nd\tf\t0\n",
    )
    evaluate(mixed, "--json", "--folds", "0")
    found = json.loads(capsys.readouterr().out)["across_languages"]["bm25"]
    assert found == {"judged": 2, "fitting": 1, "median_rank": 2.0, "found@5": 1.0, "found@20": 1.0}
    evaluate(mixed, "--folds", "0")
    assert "2 judged, 1 fitting" in " ".join(capsys.readouterr().out.split())


class Heard(HashEmbedder):
    """Keeps what it was asked to embed."""

    def __init__(self) -> None:
        super().__init__()
        self.queries, self.passages = list[str](), list[str]()

    def encode_queries(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        self.queries += texts
        return super().encode_queries(texts, on_progress=on_progress)

    def encode_passages(self, texts: Sequence[str], *, on_progress: Callable[[int], None] | None = None) -> Matrix:
        self.passages += texts
        return super().encode_passages(texts, on_progress=on_progress)


def test_the_same_texts_are_embedded_as_for_stored_demands_and_profiles() -> None:
    demand, offer = (
        samples.rows("demands.jsonl")["port-container-damage"],
        samples.rows("offers.jsonl")["corner-damage-vision"],
    )
    stored, asked = content.profile_texts(samples.offer(offer)), content.demand_texts(samples.snapshot(demand))
    judged, heard = folder.read(samples.SAMPLES), Heard()
    encoding.embed(judged, heard, on_progress=lambda _: None)
    assert {asked.title, asked.body, *asked.clauses} <= set(heard.queries)
    assert {stored.headline, stored.body, *stored.items} <= set(heard.passages)
