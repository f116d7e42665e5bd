"""`python -m matcher load` brings a folder in through the public APIs, and a second time changes nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

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

    def profiles(self) -> list[str]:
        query = {"organisation_scheme": "uscc", "organisation_code": self.code}
        reply = httpx.get(self._stack.url("matcher", "/v1/profiles"), params=query, trust_env=False)
        return sorted(profile["headline"] for profile in reply.json()["items"])


def test_a_folder_is_loaded_once_however_often_and_bad_rows_are_named(stack: LiveStack, folder: Path) -> None:
    firm = Firm(stack)
    first, second = firm.load(folder), firm.load(folder)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "3 rows are there, 2 were refused" in first.stdout
    assert "offer o3: #/profiles/2/headline" in first.stdout
    assert "demand d2: #/kind" in first.stdout
    assert second.stdout == first.stdout
    assert firm.profiles() == ["学校食堂营养配餐软件", "闸口集装箱箱体残损识别系统"]


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda folder: (folder / "offers.jsonl").unlink(), "offers.jsonl cannot be read"),
        (lambda folder: (folder / "demands.jsonl").write_text("{"), "demands.jsonl:1 is not JSON"),
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
