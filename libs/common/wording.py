"""Says of each thing pydantic refuses what would be right, in English and in Chinese."""

from typing import Any

from common.fields import FORMS, RULE

Words = tuple[str, str]
"""The same in English and in Chinese."""

_TIME: Words = (
    "give a time with its zone in ISO 8601, such as 2030-12-31T16:00:00Z",
    "请填写带时区的 ISO 8601 时间，例如 2030-12-31T16:00:00Z",
)
_UUID: Words = (
    "give a UUID, such as 01890a5d-ac96-774b-bcce-b302099a8057",
    "请填写 UUID，例如 01890a5d-ac96-774b-bcce-b302099a8057",
)
_WHOLE: Words = ("give a whole number", "请填写整数")
_NUMBER: Words = ("give a number", "请填写数字")
_YES_OR_NO: Words = ("give true or false", "请填写 true 或 false")
_LIST: Words = ("give a list", "请填写列表")
_OBJECT: Words = ("give a JSON object", "请填写 JSON 对象")
_ONE_OF: Words = ("give {expected}", "请填写其中之一：{expected_zh}")

_BY_TYPE: dict[str, Words] = {
    "missing": ("give a value; this is required", "此项必填，请填写"),
    "extra_forbidden": ("there is no such field; remove it", "没有这个字段，请删除"),
    "string_type": ("give a text in quotes", "请填写文字（JSON 字符串）"),
    "string_unicode": ("remove half characters (lone surrogates)", "含有不完整的字符，请删除"),
    "string_too_short": ("give at least {min_length} character{s}", "至少填写 {min_length} 个字符"),
    "string_too_long": ("give at most {max_length} character{s}", "最多填写 {max_length} 个字符"),
    "string_pattern_mismatch": ("give a text of the form {pattern}", "请按格式 {pattern} 填写"),
    "too_short": (
        "give at least {min_length} of these, not {actual_length}",
        "至少 {min_length} 项，现有 {actual_length} 项",
    ),
    "too_long": (
        "give at most {max_length} of these, not {actual_length}",
        "最多 {max_length} 项，现有 {actual_length} 项",
    ),
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "greater_than": ("give more than {gt}", "应大于 {gt}"),
    "greater_than_equal": ("give {ge} or more", "不能小于 {ge}"),
    "less_than": ("give less than {lt}", "应小于 {lt}"),
    "less_than_equal": ("give {le} or less", "不能大于 {le}"),
    "finite_number": ("give a finite number", "请填写有限的数字"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": ("give a smaller whole number", "数字过大，请填写较小的整数"),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "timezone_aware": _TIME,
    "json_invalid": (
        "send one JSON value: {error} at character {position}",
        "请发送合法的 JSON：第 {position} 个字符附近有误",
    ),
}


def worded(error: dict[str, Any]) -> Words:
    """What would be right where pydantic found this error."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == RULE:
        return context["detail"], context["detail_zh"]
    if kind == "string_pattern_mismatch" and context["pattern"] in FORMS:
        return FORMS[context["pattern"]]
    if kind not in _BY_TYPE:
        message = str(error["msg"])
        return message, f"格式不正确（{message}）"
    named = {**context, **_grammar(context), "position": error["loc"][-1]}
    english, chinese = _BY_TYPE[kind]
    return english.format(**named), chinese.format(**named)


def _grammar(context: dict[str, Any]) -> dict[str, str]:
    """A plural's ending, and a list of allowed words as Chinese joins them."""
    limit = context.get("min_length", context.get("max_length"))
    expected = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、")
    return {"s": "" if limit == 1 else "s", "expected_zh": expected}
