"""Forms: rows are read in order, empty ones are left out, and a fault leads to its field."""

import pytest

from portal import forms
from portal.agency import drafts
from portal.api import ApiRefused
from portal.enterprise import offers
from portal.forms import Filled
from portal.languages import Speaker
from portal.visits import local

SAY = Speaker("zh")


def test_empty_rows_are_left_out_and_the_others_keep_their_order() -> None:
    form = {
        "clauses-10-text": "后",
        "clauses-10-kind": "data",
        "clauses-0-text": "",
        "clauses-0-kind": "function",
        "clauses-2-text": "前",
    }
    assert [row["text"] for row in forms.rows(form, "clauses", drafts.CLAUSE)] == ["前", "后"]


def test_a_demand_s_form_becomes_the_body_of_a_draft() -> None:
    form = {
        "title": "标题",
        "need": "需求",
        "budget_max_fen": "1.5",
        "closes_at": "2027-03-31",
        "clauses-0-text": "准确率不低于95%",
        "clauses-0-kind": "performance",
        "clauses-0-is_hard": "yes",
        "clauses-0-metric": "准确率",
        "clauses-0-operator": "ge",
        "clauses-0-value": "95",
        "clauses-0-unit": "%",
    }
    filled = drafts.filled(form, SAY)
    assert filled.faults == {}
    assert (filled.body["budget_max_fen"], filled.body["closes_at"]) == (1_500_000, "2027-03-31T16:00:00Z")
    assert filled.body["clauses"] == [
        {
            "kind": "performance",
            "text": "准确率不低于95%",
            "is_hard": True,
            "metric": "准确率",
            "operator": "ge",
            "value": 95,
            "unit": "%",
        }
    ]


def test_figures_and_days_that_are_none_are_named() -> None:
    form = {"closes_at": "soon", "budget_min_fen": "much", "clauses-0-text": "x", "clauses-0-value": "high"}
    assert drafts.filled(form, SAY).faults.keys() == {"closes_at", "budget_min_fen", "clauses-0-value"}


def test_a_half_written_draft_is_kept_and_shown_as_it_was() -> None:
    body = drafts.filled({"title": "", "need": ""}, SAY).body
    stored = drafts.kept(body)
    assert stored["title"]
    assert stored["need"]
    assert (drafts.opened(stored)["title"], drafts.opened(stored)["need"]) == ("", "")
    assert {"title", "need"} <= set(drafts.lacking(stored))


def test_a_profile_s_form_becomes_its_body() -> None:
    form = {
        "headline": "系统",
        "items-0-title": "识别",
        "items-0-trl": "9",
        "cases-0-year": "last",
        "cases-0-title": "港",
    }
    filled = offers.filled(form, SAY)
    assert filled.body["items"] == [{"title": "识别", "trl": 9}]
    assert filled.faults.keys() == {"cases-0-year"}


def test_an_api_s_faults_lead_to_their_fields() -> None:
    filled = Filled({})
    fault = {"pointer": "#/clauses/3/kind", "detail": "no"}
    filled.refused(ApiRefused(422, {"errors": [fault]}))
    assert filled.faults == {"clauses-3-kind": "no"}


def test_a_refusal_of_no_field_is_not_hidden() -> None:
    filled = Filled({})
    filled.refused(ApiRefused(409, {"detail": "no"}))
    assert (filled.status, filled.refusal and filled.refusal.detail) == (409, "no")


def test_a_refusal_that_no_form_mends_is_not_taken_over() -> None:
    with pytest.raises(ApiRefused):
        Filled({}).refused(ApiRefused(403, {}))


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", None, "/a\nb"])
def test_nobody_is_led_elsewhere(path: str | None) -> None:
    assert local(path) == "/"
