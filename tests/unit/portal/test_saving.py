"""Saving in the portal changes what somebody changed in the form, and nothing else."""

from html.parser import HTMLParser
from typing import Any

import pytest

from portal.agency import drafts
from portal.api import ApiRefused
from tests.unit.portal.lent import DEMAND, ORGANISATION, LentPortal

WHOLE: dict[str, Any] = {
    "id": DEMAND,
    "version": 3,
    "state": "draft",
    "owner": ORGANISATION,
    "owner_name": "某港口",
    "kind": "challenge",
    "title": "岸桥减速箱故障预测",
    "need": "提前预警。\n第二行。",
    "clauses": [
        {
            "kind": "performance",
            "text": "温度0到40度",
            "is_hard": True,
            "metric": "温度",
            "operator": "between",
            "value": 0,
            "upper": 40.5,
            "unit": "℃",
        },
        {"kind": "data", "text": "数据不出港", "is_hard": False},
    ],
    "domain": "智慧港口",
    "tracks": ["类脑智能"],
    "division": "370211",
    "locality": {"divisions": ["370200"], "justification": "须到现场"},
    "budget_min_fen": 1_800_001,
    "budget_max_fen": 3_000_000,
    "currency": "USD",
    "opens_at": "2027-01-04T01:00:00Z",
    "closes_at": "2027-03-31T09:00:00Z",
    "procurement_route": "公开招标",
    "docking": "线上提交",
    "policies": ["某政策"],
    "policy_ids": ["01890a5d-ac96-774b-bcce-b302099a8001", "01890a5d-ac96-774b-bcce-b302099a8002"],
    "linked_policies": [],
    "contact": {"name": "某人", "phone": "0532-00000000", "email": "a@example.com"},
    "published_at": None,
    "created_at": "2026-12-01T00:00:00Z",
    "updated_at": "2026-12-01T00:00:00Z",
}
NOT_SAID = {"id", "version", "state", "owner", "owner_name", "linked_policies"}
NOT_SAID |= {"published_at", "created_at", "updated_at"}
SAID = {name: value for name, value in WHOLE.items() if name not in NOT_SAID}


class FormFields(HTMLParser):
    """What a browser sends of the page's first form that nobody touched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._area = self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given) and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        elif tag == "textarea":
            self._area = given["name"]
            self.fields[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""


def lent(**said: Any) -> LentPortal:
    demand = {**WHOLE, **said}
    replies = {"catalog.read_demand": demand, "catalog.submit_demand": demand, "catalog.publish_demand": demand}
    return LentPortal({**replies, "matcher.review_demand": ApiRefused(422, {})}, "publisher")


def untouched(portal: LentPortal) -> dict[str, str]:
    return FormFields(portal.browser.get(f"/mine/{DEMAND}/edit").text).fields


def test_a_whole_draft_saved_untouched_stays_as_it_was() -> None:
    portal = lent()
    portal.post(f"/mine/{DEMAND}/edit", **untouched(portal))
    assert portal.apis.sent("catalog.replace_demand") == [SAID]


def test_an_amendment_keeps_what_nobody_changed() -> None:
    portal = lent(state="published")
    portal.post(f"/mine/{DEMAND}/edit", **{**untouched(portal), "title": "新标题", "reason": "更正"})
    kept = {name: value for name, value in SAID.items() if name != "kind"}
    assert portal.apis.sent("catalog.amend_demand") == [{**kept, "title": "新标题", "reason": "更正"}]


def test_another_day_is_sent_as_its_end() -> None:
    portal = lent()
    portal.post(f"/mine/{DEMAND}/edit", **{**untouched(portal), "closes_at": "2027-04-01"})
    assert portal.apis.sent("catalog.replace_demand")[0]["closes_at"] == "2027-04-01T16:00:00Z"


@pytest.mark.parametrize("day", ["", "9999-12-31"])
def test_no_day_and_one_beyond_the_calendar_are_not_the_stored_one(day: str) -> None:
    portal = lent()
    reply = portal.post(f"/mine/{DEMAND}/edit", **{**untouched(portal), "closes_at": day})
    sent = portal.apis.sent("catalog.replace_demand")
    assert [each["closes_at"] for each in sent] == ([None] if not day else [])
    assert reply.status_code == (303 if not day else 422)


def test_what_stands_for_an_empty_field_is_never_in_an_amendment() -> None:
    portal = lent(state="published")
    portal.post(f"/mine/{DEMAND}/edit", **{**untouched(portal), "title": "", "reason": "更正"})
    assert [each["title"] for each in portal.apis.sent("catalog.amend_demand")] == [""]


@pytest.mark.parametrize("action", ["submit", "publish", "submit_and_publish"])
def test_what_lacks_something_is_neither_submitted_nor_published(action: str) -> None:
    portal = lent(title=drafts.UNTITLED)
    reply = portal.post(f"/mine/{DEMAND}/steps/{action}")
    assert reply.headers["location"] == f"/mine/{DEMAND}/check"
    assert portal.apis.sent("catalog.submit_demand") + portal.apis.sent("catalog.publish_demand") == []


def test_what_is_whole_is_submitted() -> None:
    portal = lent()
    portal.post(f"/mine/{DEMAND}/steps/submit_and_publish")
    assert len(portal.apis.sent("catalog.submit_demand") + portal.apis.sent("catalog.publish_demand")) == 2
