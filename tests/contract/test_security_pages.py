"""SECURITY.md and docs/asvs.md name files and tests that there are, and answer all that they say they answer."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "SECURITY.md", ROOT / "docs" / "asvs.md")
ANSWERS = {"met", "partly", "no", "deployment", "n/a"}
REQUIREMENTS_COUNT = 253
"""Of levels 1 and 2 of the standard, version 5.0.0."""
_NAMED = re.compile(r"`((?:libs|services|tests|docs|deploy)/[^`\s:]+)(?:::(\w+))?`")


@pytest.mark.parametrize("page", PAGES, ids=["security", "asvs"])
def test_every_file_and_test_that_is_named_is_there(page: Path) -> None:
    missing = []
    for path, test in _NAMED.findall(page.read_text()):
        if not any(ROOT.glob(path)) or (test and f"def {test}(" not in (ROOT / path).read_text()):
            missing.append(f"{path}::{test}")
    assert missing == []


def test_every_threat_has_what_shows_it_failing() -> None:
    rows = re.findall(r"^\| (?!tries|asset|-)(.+?) \| (.+?) \|$", PAGES[0].read_text(), re.MULTILINE)
    shown = [row for row in rows if "`tests/" in row[1]]
    assert len(shown) >= 35


def test_every_requirement_of_the_standard_has_one_answer() -> None:
    rows = re.findall(r"^\| V(\d+\.\d+\.\d+) \| ([a-z/]+) \| (.+) \|$", PAGES[1].read_text(), re.MULTILINE)
    assert len(rows) == len({number for number, *_ in rows}) == REQUIREMENTS_COUNT
    assert {answer for _, answer, _ in rows} <= ANSWERS
    told = dict(re.findall(r"^\| ([a-z/]+) \| (\d+) \|$", PAGES[1].read_text(), re.MULTILINE))
    assert {answer: int(count) for answer, count in told.items()} == Counter(answer for _, answer, _ in rows)
