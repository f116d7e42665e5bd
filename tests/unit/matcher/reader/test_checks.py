"""A second reader's answer is taken over only when its quote is there and our rules compare its figures alike."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.clauses import Clause
from common.contracts.matcher import Outcome, Span
from matcher.engine.clauses.requirement import read as clause_of
from matcher.engine.verdicts.evidence import EvidenceText
from matcher.reader import checks, prompt
from matcher.reader.checks import Checked, Doubt
from matcher.reader.prompt import MOST_CLAUSES, Enquiry

TEXTS = (
    EvidenceText("headline", "闸口验箱系统"),
    EvidenceText("items/0/text", "整套装置耗电45瓦；箱损判别正确比例97%，下一代计划达到99%。恶劣气象下成像清晰。"),
)
CLAUSES = {0: clause_of("整机功耗不超过50W"), 1: clause_of("能在雨雾天气使用"), 2: clause_of("残损识别准确率≥98%")}
ASKED = Enquiry(CLAUSES, TEXTS)


def checked(*given: dict[str, Any]) -> list[Checked]:
    answers = checks.parsed(json.dumps({"answers": given}, ensure_ascii=False))
    assert answers is not None
    return checks.checked(ASKED, answers)


def said(clause: int, verdict: str, quote: str, *figures: str) -> dict[str, Any]:
    return {"clause": clause, "verdict": verdict, "quote": quote, "figures": list(figures)}


def test_a_quote_is_found_where_the_offer_says_it() -> None:
    [one] = checked(said(1, "satisfied", "恶劣气象下成像清晰"))
    assert (one.doubt, one.outcome) == (None, Outcome.SATISFIED)
    start = TEXTS[1].text.index("恶劣")
    assert one.span == Span(source="items/0/text", start=start, end=start + 9, text="恶劣气象下成像清晰")


def test_a_figure_in_the_quote_is_compared_by_our_own_code() -> None:
    met, missed = said(0, "satisfied", "耗电45瓦", "45"), said(2, "not_satisfied", "箱损判别正确比例97%", "97")
    assert [one.doubt for one in checked(met, missed)] == [None, None]


@pytest.mark.parametrize(
    ("answer", "doubt"),
    [
        (said(7, "satisfied", "恶劣气象下成像清晰"), Doubt.UNASKED),
        (said(1, "satisfied", "雨雾天气下成像清晰"), Doubt.NOT_QUOTED),
        (said(1, "satisfied", "恶劣气象下 成像清晰"), Doubt.NOT_QUOTED),
        (said(1, "satisfied", ""), Doubt.NOT_QUOTED),
        (said(1, "satisfied", "。"), Doubt.NOT_QUOTED),
        (said(0, "satisfied", "耗电45瓦", "40"), Doubt.FIGURE_NOT_QUOTED),
        (said(0, "not_satisfied", "耗电45瓦", "45"), Doubt.FIGURE_WRONG),
        (said(2, "satisfied", "箱损判别正确比例97%", "97"), Doubt.FIGURE_WRONG),
        (said(2, "satisfied", "箱损判别正确比例97%，下一代计划达到99%"), Doubt.FIGURE_WRONG),
        (said(0, "satisfied", "恶劣气象下成像清晰"), Doubt.FIGURE_WRONG),
    ],
)
def test_an_answer_that_does_not_hold_is_not_taken_over(answer: dict[str, Any], doubt: Doubt) -> None:
    [one] = checked(answer)
    assert (one.span, one.doubt) == (None, doubt)


def test_two_answers_that_contradict_each_other_are_both_left_out() -> None:
    found = checked(said(1, "satisfied", "恶劣气象下成像清晰"), said(1, "not_satisfied", "恶劣气象下成像清晰"))
    assert [one.doubt for one in found] == [Doubt.CONTRADICTORY] * 2


def test_a_plan_is_no_present_ability() -> None:
    asked = Enquiry({0: clause_of("支持雨雾天气成像")}, (EvidenceText("summary", "计划明年支持雨雾天气成像。"),))
    answers = checks.parsed(json.dumps({"answers": [said(0, "satisfied", "计划明年支持雨雾天气成像")]}))
    assert answers is not None
    assert [one.doubt for one in checks.checked(asked, answers)] == [Doubt.WEAKENED]


@pytest.mark.parametrize(
    ("asked", "held", "verdict"),
    [("防护等级不低于IP67", "防护等级为IP54", "satisfied"), ("防护等级不低于IP54", "防护等级为IP67", "not_satisfied")],
)
def test_what_the_rules_read_otherwise_in_the_very_quote_is_left_out(asked: str, held: str, verdict: str) -> None:
    one = Enquiry({0: clause_of(asked)}, (EvidenceText("summary", f"{held}。"),))
    answers = checks.parsed(json.dumps({"answers": [said(0, verdict, held)]}))
    assert answers is not None
    assert [found.doubt for found in checks.checked(one, answers)] == [Doubt.RULES_DIFFER]


def test_unclear_decides_nothing_and_needs_no_quote() -> None:
    [one] = checked(said(1, "unclear", ""))
    assert (one.span, one.doubt) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        "", "sorry", "[]", "{}", '{"answers": 5}', '{"answers": [5]}',
        '{"answers": [{"clause": "0", "verdict": "satisfied"}]}',
        '{"answers": [{"clause": 0, "verdict": "满足"}]}', '{"answers": [{"clause": -1, "verdict": "unclear"}]}',
        '{"answers": [{"clause": true, "verdict": "unclear"}]}', "[" * 100_000, '{"answers": ' + "[" * 5_000,
        json.dumps({"answers": [{"clause": 0, "verdict": "satisfied", "quote": "x" * 5_000}]}),
        json.dumps({"answers": [{"clause": 0, "verdict": "unclear"}] * 101}),
    ],
)  # fmt: skip
def test_a_reply_of_another_form_is_none(content: str) -> None:
    assert checks.parsed(content) is None


def test_a_fence_around_the_object_does_no_harm() -> None:
    assert checks.parsed('```json\n{"answers": []}\n```') == []


@given(st.text(max_size=200))
def test_no_content_breaks_the_parsing(content: str) -> None:
    checks.parsed(content)


def test_what_is_sent_holds_no_contact_and_is_bounded() -> None:
    texts = (EvidenceText("summary", "支持离线部署。联系人：王小明，电话13800000000。" + "很长" * 20_000),)
    asked = prompt.asked({0: clause_of("支持离线部署，联系电话13900000000")}, texts)
    assert asked is not None
    sent = "".join(message["content"] for message in asked.messages)
    assert "支持离线部署" in sent
    assert not any(word in sent for word in ("王小明", "13800000000", "13900000000"))
    assert len(sent) < 20_000
    assert asked.token_bound > len(sent)


def test_binding_clauses_are_asked_first_and_only_so_many() -> None:
    soft = {at: clause_of("支持离线部署") for at in range(MOST_CLAUSES)}
    hard = {at: clause_of("须支持离线部署") for at in range(MOST_CLAUSES, MOST_CLAUSES + 3)}
    asked = prompt.asked(soft | hard, TEXTS)
    assert asked is not None
    assert list(asked.clauses) == [*range(MOST_CLAUSES - 3), *hard]


@pytest.mark.parametrize(("clauses", "texts"), [({}, TEXTS), (CLAUSES, ()), (CLAUSES, (EvidenceText("summary", " "),))])
def test_nothing_is_asked_where_nothing_is_to_be_read(
    clauses: dict[int, Clause], texts: tuple[EvidenceText, ...]
) -> None:
    assert prompt.asked(clauses, texts) is None
