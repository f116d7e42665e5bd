"""What a person at the command line of the matcher reads when something is amiss."""

import sys

import pytest

from matcher import __main__ as line
from matcher.vectors import encoders
from tests.support.embedder import HashEmbedder


def test_a_database_that_is_away_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:9/none")
    monkeypatch.setattr(encoders, "loader", lambda *_: lambda *_: HashEmbedder())
    monkeypatch.setattr(sys, "argv", ["matcher", "reindex"])
    with pytest.raises(SystemExit) as ended:
        line.main()
    assert ended.value.code == "The database does not answer"


@pytest.mark.parametrize("verb", [["train"], ["evaluate", "deploy/embedded/samples"]])
def test_a_setting_that_is_wrong_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, verb: list[str]) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("MATCHER_THREADS", "many")
    monkeypatch.setattr(sys, "argv", ["matcher", *verb])
    with pytest.raises(SystemExit) as ended:
        line.main()
    assert str(ended.value.code).startswith("MATCHER_THREADS: ")
