"""Whoever sends something wrong is told, in English and in Chinese, what would be right."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import Field, StrictBool, TypeAdapter, ValidationError

from common.contracts.clauses import Clause, Locality
from common.fields import FORMS, Division, Frozen, Line, Moment, OrganisationKey
from common.wording import worded
from tests.contract.documents import contract


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Size(Frozen):
    metres: float


TIME = "2030-12-31T16:00:00Z"
SAMPLE_UUID = "01890a5d-ac96-774b-bcce-b302099a8057"
UNREASONED = {"divisions": ["370200"], "justification": "本地优先"}
COLOURED = {"scheme": "lei", "code": "X", "colour": "red"}
CASES: list[tuple[Any, Any, str, str]] = [
    (Line, "", "give at least 1 character", "至少填写 1 个字符"),
    (Line, "字" * 301, "give at most 300 characters", "最多填写 300 个字符"),
    (Line, 7, "give a text in quotes", "请填写文字（JSON 字符串）"),
    (Line, "a\x00b", "remove character 2: U+0000 is a control or", "请删除第 2 个字符：U+0000 是"),
    (Line, "\ud800", "remove half characters", "含有不完整的字符，请删除"),
    (Division, "青岛", "six digits such as 370202", "六位区划代码，例如 370202"),
    (Annotated[str, Field(pattern="^x$")], "y", "give a text of the form ^x$", "请按格式 ^x$ 填写"),
    (Colour, "green", "give 'red' or 'blue'", "请填写其中之一：'red'、'blue'"),
    (Literal["a", "b", "c"], "d", "give 'a', 'b' or 'c'", "请填写其中之一：'a'、'b'、'c'"),
    (Annotated[int, Field(ge=1)], 0, "give 1 or more", "不能小于 1"),
    (Annotated[int, Field(le=9)], 10, "give 9 or less", "不能大于 9"),
    (Annotated[float, Field(gt=1)], 1, "give more than 1", "应大于 1"),
    (Annotated[float, Field(lt=9)], 9, "give less than 9", "应小于 9"),
    (int, "many", "give a whole number", "请填写整数"),
    (int, 0.5, "give a whole number", "请填写整数"),
    (int, None, "give a whole number", "请填写整数"),
    (int, "9" * 5000, "give a smaller whole number", "数字过大"),
    (float, "many", "give a number", "请填写数字"),
    (float, None, "give a number", "请填写数字"),
    (Clause, {"kind": "performance", "text": "准确率", "operator": "ge", "value": True}, "give a number", "请填写数字"),
    (Clause, {"kind": "performance", "text": "准确率", "operator": "ge", "value": "95"}, "give a number", "请填写数字"),
    (Size, {"metres": float("inf")}, "give a finite number", "请填写有限的数字"),
    (bool, "perhaps", "give true or false", "请填写 true 或 false"),
    (StrictBool, 1, "give true or false", "请填写 true 或 false"),
    (tuple[int, ...], 7, "give a list", "请填写列表"),
    (list[int], "none", "give a list", "请填写列表"),
    (OrganisationKey, [], "give a JSON object", "请填写 JSON 对象"),
    (dict[str, int], [], "give a JSON object", "请填写 JSON 对象"),
    (Annotated[list[int], Field(min_length=1)], [], "at least 1 of these, not 0", "至少 1 项，现有 0 项"),
    (Annotated[list[int], Field(max_length=1)], [1, 2], "at most 1 of these, not 2", "最多 1 项，现有 2 项"),
    (UUID, "nobody", SAMPLE_UUID, SAMPLE_UUID),
    (UUID, 7, SAMPLE_UUID, SAMPLE_UUID),
    (Moment, "tomorrow", TIME, TIME),
    (Moment, "2030-02-30T00:00:00Z", TIME, TIME),
    (Moment, "2030-02-01T00:00:00", TIME, TIME),
    (Moment, [], TIME, TIME),
    (OrganisationKey, {"scheme": "uscc"}, "give a value; this is required", "此项必填，请填写"),
    (OrganisationKey, COLOURED, "there is no such field; remove it", "没有这个字段，请删除"),
    (Clause, {"kind": "function", "text": "x", "value": 1}, "operator and value together", "operator 与 value 应同时"),
    (Locality, UNREASONED, "say in at least 10 letters", "请用至少 10 个字说明"),
]


def fault_of(kind: Any, value: Any) -> dict[str, Any]:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    [error] = refused.value.errors()
    return {**error, "loc": ("body", *error["loc"])}


@pytest.mark.parametrize(("kind", "value", "english", "chinese"), CASES)
def test_what_would_be_right_is_said_in_both_languages(kind: Any, value: Any, english: str, chinese: str) -> None:
    told = worded(fault_of(kind, value))
    assert english in told[0]
    assert chinese in told[1]


def test_what_nobody_thought_of_is_passed_on_as_it_is() -> None:
    error = {"type": "new_in_pydantic", "loc": ("body",), "msg": "Input should be odd"}
    assert worded(error) == ("Input should be odd", "格式不正确（Input should be odd）")


def patterns(document: Any) -> set[str]:
    if isinstance(document, list):
        return set().union(*map(patterns, document))
    if not isinstance(document, dict):
        return set()
    own = {document["pattern"]} if isinstance(document.get("pattern"), str) else set()
    return own.union(*map(patterns, document.values()))


@pytest.mark.parametrize("service", ["catalog", "matcher", "notify"])
def test_every_pattern_of_a_contract_is_explained_in_words(service: str) -> None:
    used = patterns(contract(service))
    assert used
    assert used - FORMS.keys() == set()
