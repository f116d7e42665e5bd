"""A stream of the inbox as browsers are told of it: places to go on from, that there is news, nothing else."""

import pytest

from portal.enterprise.listening import translated
from tests.unit.portal.lent import LentPortal


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("id: 7", "id: 7\n\n"),
        ('data: {"match": {}}', "event: news\ndata: there\n\n"),
        (": heartbeat", ": heartbeat\n\n"),
        ("event: notify.match.notified", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_that_there_is_news_and_not_which(line: str, told: str) -> None:
    assert translated(line) == told


def test_a_browser_without_a_session_does_not_come_again() -> None:
    assert LentPortal({}).browser.get("/firm/stream").status_code == 204
