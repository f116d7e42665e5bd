"""What operators and auditors are shown: figures that call for a hand, and digests computed again."""

import hashlib
from typing import Any

import pytest

from portal.api import ApiReply
from portal.oversight.gauges import gauges
from tests.unit.portal.lent import LentPortal

PAGE = """# TYPE jingqiao_dead_letters gauge
jingqiao_dead_letters{consumer="notify"} 0.0
jingqiao_dead_letters{consumer="notify-steps"} 2.0
# TYPE jingqiao_notify_failing_webhooks gauge
jingqiao_notify_failing_webhooks 0.0
"""
LIST: dict[str, Any] = {"id": "L1", "title": "清单", "edition": 1, "digest": hashlib.sha256(b"{}").hexdigest()}


def test_the_worst_of_each_figure_is_named_and_called_bad_beyond_its_bound() -> None:
    assert [(each.name, each.value, each.of, each.is_bad) for each in gauges(PAGE)] == [
        ("jingqiao_dead_letters", 2.0, "notify-steps", True),
        ("jingqiao_notify_failing_webhooks", 0.0, "", False),
    ]


@pytest.mark.parametrize(("export", "said"), [(b"{}", "摘要一致"), (b"{ }", "摘要不一致")])
def test_the_digest_of_a_list_is_computed_from_its_export(export: bytes, said: str) -> None:
    replies = {"catalog.read_list": LIST, "catalog.read_list_export": ApiReply(200, {}, export)}
    assert said in LentPortal(replies, "auditor").browser.get("/audit?list=L1").text


@pytest.mark.parametrize("path", ["/operator", "/audit"])
def test_others_are_told_that_the_page_is_for_another_role(path: str) -> None:
    assert LentPortal({}, "publisher").browser.get(path).status_code == 403
