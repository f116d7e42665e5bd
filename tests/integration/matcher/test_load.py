"""`python -m matcher load` brings a folder in through the public APIs, and a second time changes nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from matcher.json_lines import BadFile
from matcher.loading.command import load
from matcher.loading.rows import DEMAND, OFFER, Column
from matcher.settings import LoadSettings
from tests.contract.documents import contract
from tests.support import messy_files as files
from tests.support.parties import new_code
from tests.support.stack import LiveStack, live_stack

OFFERS: list[dict[str, Any]] = [
    {"id": "o1", "title": "闸口集装箱箱体残损识别系统"},
    {"id": "o2", "title": "学校食堂营养配餐软件", "text": "生成菜谱。", "items": [{"title": "配餐", "trl": 9}]},
    {"id": "o3", "title": "  "},
]
DEMANDS: list[dict[str, Any]] = [
    {"id": "d1", "title": "闸口箱体残损智能识别", "text": "不停车识别箱体残损。"},
    {"id": "d2", "title": "营养配餐", "text": "按年龄段生成菜谱。", "kind": "magic"},
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in (("offers", OFFERS), ("demands", DEMANDS)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path


class Firm:
    """Publishes and offers in one name."""

    def __init__(self, stack: LiveStack) -> None:
        self.code, self._stack = new_code(), stack
        self.token = stack.bearer("uscc", self.code, "示例单位", "publisher", "enterprise")

    def load(self, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
        token = self.token["Authorization"].removeprefix("Bearer ")
        where = ["--catalog", self._stack.url("catalog"), "--matcher", self._stack.url("matcher")]
        line = [sys.executable, "-m", "matcher", "load", str(folder), *where, *more]
        names = ["--publisher-token", token, "--enterprise-token", token]
        return subprocess.run([*line, *names], capture_output=True, text=True)

    def imports(self, service: str, file: Path, *more: str) -> subprocess.CompletedProcess[str]:
        token = self.token["Authorization"].removeprefix("Bearer ")
        where = ["--address", self._stack.url(service), "--token", token]
        line = [sys.executable, "-m", service, "import", str(file), *where, *more]
        return subprocess.run(line, capture_output=True, text=True)

    def profiles(self) -> list[str]:
        query = {"organisation_scheme": "uscc", "organisation_code": self.code}
        reply = httpx.get(self._stack.url("matcher", "/v1/profiles"), params=query, trust_env=False)
        return sorted(profile["headline"] for profile in reply.json()["items"])


def test_a_folder_is_loaded_once_however_often_and_bad_rows_are_named(stack: LiveStack, folder: Path) -> None:
    firm = Firm(stack)
    first, second = firm.load(folder), firm.load(folder)
    assert (first.returncode, second.returncode) == (1, 1), first.stderr
    assert "3 rows are there, 2 were refused" in first.stdout
    assert "offers.jsonl:3 (o3): title: give at least 1 character" in first.stdout
    assert "demands.jsonl:2 (d2): kind: give" in first.stdout
    assert second.stdout == first.stdout
    assert firm.profiles() == ["学校食堂营养配餐软件", "闸口集装箱箱体残损识别系统"]


def write(folder: Path, name: str, *rows: dict[str, Any]) -> None:
    (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows))


def test_either_file_may_be_left_out_and_whose_the_rows_become_is_said(stack: LiveStack, tmp_path: Path) -> None:
    firm = Firm(stack)
    write(tmp_path, "offers", {"title": "闸口集装箱箱体残损识别系统", "tracks": None})
    done = firm.load(tmp_path)
    assert (done.returncode, firm.profiles()) == (0, ["闸口集装箱箱体残损识别系统"]), done.stderr
    assert f"1 rows are there, 0 were refused (offers of 示例单位 (uscc:{firm.code}))" in done.stdout


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"headline": "识别"}, "there is no field headline; there are id, title, text"),
        ({"organisation": "uscc:91370200264574251E"}, "but the token speaks for 示例单位 (uscc:"),
        ({"organisation": "海集视觉"}, "load it with its own token"),
        ({"items": [{"title": "识别", "trl": "9"}]}, "items/0/trl: give a whole number"),
        ({"text": 7}, "text: give a text in quotes"),
    ],
)
def test_a_row_that_is_wrong_is_named_by_its_line_and_never_becomes_anothers(
    stack: LiveStack, tmp_path: Path, row: dict[str, Any], words: str
) -> None:
    firm = Firm(stack)
    write(tmp_path, "offers", {"title": "好的"}, {"title": "坏的", **row}, {"title": "也好", "organisation": firm.code})
    done = firm.load(tmp_path)
    assert (done.returncode, firm.profiles()) == (1, ["也好", "好的"])
    [refusal] = [line for line in done.stdout.splitlines() if line.startswith("offers.jsonl:2: ")]
    assert words in refusal


def test_the_help_names_every_field(stack: LiveStack) -> None:
    shown = subprocess.run([sys.executable, "-m", "matcher", "load", "--help"], capture_output=True, text=True).stdout
    for name in (*OFFER, *DEMAND):
        assert f"\n  {name} " in shown, name


@pytest.mark.parametrize(
    ("columns", "service", "schema"), [(OFFER, "matcher", "ProfileIn"), (DEMAND, "catalog", "DemandContent")]
)
def test_every_field_of_a_request_can_be_loaded(columns: Mapping[str, Column], service: str, schema: str) -> None:
    named = {name if column.becomes is None else column.becomes for name, column in columns.items()}
    assert named - {""} == contract(service)["components"]["schemas"][schema]["properties"].keys()


CSV = "title,text\n闸口识别,不停车\n"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"offers.csv": CSV}, "offers.csv is CSV, which is not read: give one JSON object on each line"),
        ({"offers.jsonl": CSV}, "offers.jsonl:1: looks like CSV, which is not read"),
        ({"offers.jsonl": '[{"title": "识别"}]'}, "offers.jsonl:1: not a JSON object"),
        ({"notes.txt": ""}, "holds neither offers.jsonl nor demands.jsonl"),
    ],
)
def test_what_is_not_read_is_refused_with_what_is(tmp_path: Path, files: dict[str, str], words: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(BadFile) as refused:
        load(tmp_path, LoadSettings(enterprise_token="x"))
    assert words in str(refused.value)
    assert '{"title"' in str(refused.value)


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "offers.jsonl"
    path.write_text("{}")
    with pytest.raises(BadFile, match="is a file; name the folder"):
        load(path, LoadSettings(enterprise_token="x"))


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda folder: (folder / "demands.jsonl").write_text("{"), "demands.jsonl:1: not JSON"),
        (lambda folder: (folder / "offers.jsonl").write_bytes(b"\xff"), "not UTF-8"),
    ],
)
def test_a_folder_that_cannot_be_read_is_one_line(stack: LiveStack, folder: Path, break_it: Any, words: str) -> None:
    break_it(folder)
    done = Firm(stack).load(folder)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert words in done.stderr


def test_an_api_that_does_not_answer_is_one_line(stack: LiveStack, folder: Path) -> None:
    done = Firm(stack).load(folder, "--matcher", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "http://127.0.0.1:9 does not answer" in done.stderr.splitlines()[-1]


def test_a_token_that_may_not_is_one_line(stack: LiveStack, folder: Path) -> None:
    firm = Firm(stack)
    firm.token = stack.bearer("uscc", firm.code, "示例单位", "publisher")
    done = firm.load(folder)
    assert done.returncode == 1
    assert "403" in done.stderr.splitlines()[-1]


def test_a_table_of_demands_is_imported_from_the_shell(stack: LiveStack, tmp_path: Path) -> None:
    firm, file = Firm(stack), tmp_path / "清单.xlsx"
    file.write_bytes(
        files.table(("场景名称", "应用需求", "截止时间"), ("甲", "需求", "尽快"), ("乙", "需求", "2020-01-01"))
    )
    read = firm.imports("catalog", file)
    assert read.returncode == 1, read.stderr
    assert "清单!C3: error: closes_at: give a time in the future" in read.stderr
    assert "清单!C2: warning: closes_at" in read.stderr
    assert "0 good, 1 warned, 1 bad, 0 same, 0 committed" in read.stdout
    refused = firm.imports("catalog", file, "--commit")
    assert (refused.returncode, "1 rows have errors" in refused.stderr) == (2, True)
    committed = firm.imports("catalog", file, "--commit", "good")
    assert (committed.returncode, "1 committed" in committed.stdout) == (1, True)
    assert "was sent before" in committed.stderr


def test_a_table_of_profiles_is_imported_from_the_shell(stack: LiveStack, tmp_path: Path) -> None:
    firm, file = Firm(stack), tmp_path / "企业.csv"
    file.write_bytes("解决方案名称,企业与产品简介\n箱体残损识别,不停车识别箱体残损。\n".encode("gb18030"))
    assert firm.imports("matcher", file, "--commit").returncode == 0
    assert firm.profiles() == ["箱体残损识别"]
    file.write_bytes(b"%PDF-1.7")
    assert firm.imports("matcher", file).returncode == 2
