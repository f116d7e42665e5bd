"""What limits competition is shown where a demand is worked on, and justified there by who may."""

from typing import Any

import pytest

from portal.api import ApiDown, ApiRefused
from tests.unit.portal.lent import DEMAND, LentPortal
from tests.unit.portal.test_saving import WHOLE

FINDING: dict[str, Any] = {
    "rule": "brand.model",
    "level": "blocking",
    "field": "#/clauses/0/text",
    "passage": "须为华隆S9300",
    "forbids": "指名品牌",
    "forbids_en": "Naming a brand",
    "sources": [{"name": "条例第十条", "name_en": "Regulations, article 10", "gist": ""}],
    "suggestion": "写明参数",
    "suggestion_en": "State the figures",
    "justification": None,
}
SAID = {"rule": FINDING["rule"], "passage": FINDING["passage"], "justification": "太短"}


def portal(*, state: str = "submitted", blocked: bool = True, may: bool = False, refusal: Any = None) -> LentPortal:
    fairness = {"findings": [FINDING], "is_blocked": blocked, "may_justify": may}
    said: dict[str, Any] = {"catalog.read_demand": {**WHOLE, "state": state}, "catalog.read_demand_fairness": fairness}
    said |= {"catalog.justify_demand": refusal or fairness}
    said["matcher.review_demand"] = ApiRefused(404, {})
    return LentPortal(said, "publisher", review_required=False)


@pytest.mark.parametrize("path", ["", "/check"])
def test_a_finding_is_shown_with_a_form_for_who_may_justify_it(path: str) -> None:
    for may in (True, False):
        page = portal(may=may).browser.get(f"/mine/{DEMAND}{path}").text
        assert "<mark>须为华隆S9300</mark>" in page
        assert (f'action="/mine/{DEMAND}/justify"' in page) is may


def test_nothing_is_published_while_a_passage_is_to_be_justified() -> None:
    for blocked in (True, False):
        page = portal(blocked=blocked).browser.get(f"/mine/{DEMAND}").text
        assert (f"/mine/{DEMAND}/steps/publish" in page) is not blocked
        check = portal(state="draft", blocked=blocked).browser.get(f"/mine/{DEMAND}/check").text
        assert ("steps/submit_and_publish" in check) is not blocked
        assert f"/mine/{DEMAND}/steps/submit" in check


def test_a_justification_leads_back_to_the_page_it_was_written_on() -> None:
    lent = portal(may=True)
    replies = [lent.post(f"/mine/{DEMAND}/justify", **SAID, page=page) for page in ("check", "", "//evil")]
    assert [reply.headers["location"] for reply in replies] == [
        f"/mine/{DEMAND}/check#fairness",
        *[f"/mine/{DEMAND}#fairness"] * 2,
    ]
    assert lent.apis.sent("catalog.justify_demand") == [SAID] * 3


def test_a_justification_that_is_refused_is_shown_again_as_it_was_written() -> None:
    fault = {"pointer": "#/justification", "detail": "至少 10 个字"}
    lent = portal(may=True, refusal=ApiRefused(422, {"errors": [fault]}))
    reply = lent.post(f"/mine/{DEMAND}/justify", **SAID)
    assert (reply.status_code, "至少 10 个字" in reply.text, ">太短</textarea>" in reply.text) == (422, True, True)


def test_a_justification_is_not_lost_while_the_catalog_is_down() -> None:
    lent = portal(refusal=ApiDown("catalog"))
    lent.apis.replies |= dict.fromkeys(("catalog.read_demand", "catalog.read_demand_fairness"), ApiDown("catalog"))
    reply = lent.post(f"/mine/{DEMAND}/justify", **SAID)
    assert (reply.status_code, "太短" in reply.text, DEMAND in reply.text) == (503, True, True)
