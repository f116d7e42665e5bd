"""What was found about one clause, and the sentence that tells it to a person in Chinese or English."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from common.contracts.matcher import CitedValidation, ClauseVerdict, Outcome, Quoted
from common.fields import Language


class Reason(StrEnum):
    """Why an outcome was given; the wording is in `REASONS`."""

    FIGURE_MEETS = "figure_meets"
    FIGURE_MISSES = "figure_misses"
    FIGURE_OPEN = "figure_open"
    FIGURE_PLANNED = "figure_planned"
    NO_FIGURE = "no_figure"
    LEVEL_MEETS = "level_meets"
    LEVEL_MISSES = "level_misses"
    NAMED = "named"
    NAME_TOO_LOW = "name_too_low"
    NAME_DENIED = "name_denied"
    NAME_PENDING = "name_pending"
    NAME_LAPSED = "name_lapsed"
    NAME_ABSENT = "name_absent"
    NAME_MENTIONED = "name_mentioned"
    SAID = "said"
    DENIED = "denied"
    PLANNED = "planned"
    LAPSED = "lapsed"
    CONDITIONAL = "conditional"
    UNSAID = "unsaid"
    UNREAD = "unread"
    LOOKS_MET = "looks_met"
    LOOKS_MISSED = "looks_missed"
    VALIDATION_MEETS = "validation_meets"
    VALIDATION_MISSES = "validation_misses"


# {found} is quoted from the profile, {missing} from the clause; {validation}, {host} and {sha256} are of a validation.
REASONS: dict[Reason, dict[Language, str]] = {
    Reason.FIGURE_MEETS: {"zh": "“{found}”达到要求", "en": "“{found}” meets it"},
    Reason.FIGURE_MISSES: {"zh": "“{found}”未达到要求", "en": "“{found}” falls short"},
    Reason.FIGURE_OPEN: {"zh": "“{found}”不足以判断是否达到", "en": "“{found}” leaves it open"},
    Reason.FIGURE_PLANNED: {"zh": "“{found}”是计划，尚非现有指标", "en": "“{found}” is a plan, not yet a result"},
    Reason.NO_FIGURE: {"zh": "画像中没有可比的数值", "en": "the profile states no comparable figure"},
    Reason.LEVEL_MEETS: {"zh": "技术成熟度为 TRL {found}", "en": "the technology readiness level is {found}"},
    Reason.LEVEL_MISSES: {"zh": "技术成熟度仅为 TRL {found}", "en": "the technology readiness level is only {found}"},
    Reason.NAMED: {"zh": "画像写明“{found}”", "en": "the profile names “{found}”"},
    Reason.NAME_TOO_LOW: {"zh": "“{found}”低于要求的“{missing}”", "en": "“{found}” ranks below “{missing}”"},
    Reason.NAME_DENIED: {"zh": "画像写明没有“{missing}”", "en": "the profile says it lacks “{missing}”"},
    Reason.NAME_PENDING: {"zh": "“{missing}”尚在办理或计划中", "en": "“{missing}” is pending or planned"},
    Reason.NAME_LAPSED: {"zh": "“{missing}”已过期或失效", "en": "“{missing}” has expired or lapsed"},
    Reason.NAME_ABSENT: {"zh": "画像未提到“{missing}”", "en": "the profile does not mention “{missing}”"},
    Reason.NAME_MENTIONED: {
        "zh": "“{found}”提到“{missing}”，但未说明是本方具备",
        "en": "“{found}” mentions “{missing}”, but not as held by the firm itself",
    },
    Reason.SAID: {"zh": "画像写明“{found}”", "en": "the profile says “{found}”"},
    Reason.DENIED: {"zh": "画像写明“{found}”", "en": "the profile says “{found}”"},
    Reason.PLANNED: {"zh": "“{found}”尚在计划或研发中", "en": "“{found}” is planned or under development"},
    Reason.LAPSED: {"zh": "“{found}”已过期或停止", "en": "“{found}” has expired or ended"},
    Reason.CONDITIONAL: {
        "zh": "“{found}”为选配或由他方提供，请人工核对",
        "en": "“{found}” is an option or another firm's; have a person check it",
    },
    Reason.UNREAD: {
        "zh": "“{found}”以其他语言写成，请人工核对",
        "en": "“{found}” is in another language; have a person check it",
    },
    Reason.LOOKS_MET: {
        "zh": "“{found}”疑似满足，所述是否正是此项要求未能确认，请人工核对",
        "en": "“{found}” looks as if it meets it, but may be about something else; have a person check it",
    },
    Reason.LOOKS_MISSED: {
        "zh": "“{found}”疑似不满足，所述是否正是此项要求未能确认，请人工核对",
        "en": "“{found}” looks as if it falls short, but may be about something else; have a person check it",
    },
    Reason.VALIDATION_MEETS: {
        "zh": "应用验证 {validation}（{host}签署，结果 SHA-256 {sha256}）：“{found}”，达到要求",
        "en": "validation {validation}, signed by {host} (SHA-256 of the result {sha256}): “{found}” meets it",
    },
    Reason.VALIDATION_MISSES: {
        "zh": "应用验证 {validation}（{host}签署，结果 SHA-256 {sha256}）：“{found}”，未达到要求",
        "en": "validation {validation}, signed by {host} (SHA-256 of the result {sha256}): “{found}” falls short",
    },
    Reason.UNSAID: {"zh": "画像中没有找到相应说明", "en": "the profile says nothing of it"},
}


MEASURED = frozenset({Reason.VALIDATION_MEETS, Reason.VALIDATION_MISSES})
"""Reasons that a validation gives."""
READ_CODES = {Outcome.SATISFIED: "read_met", Outcome.NOT_SATISFIED: "read_missed"}
"""What a second reader may decide."""
_READ: dict[str, dict[Language, str]] = {
    "read_met": {
        "zh": "模型 {model} 据“{found}”判读为满足，未经人工核对",
        "en": "read as met from “{found}” by the model {model}; have a person check it",
    },
    "read_missed": {
        "zh": "模型 {model} 据“{found}”判读为不满足，未经人工核对",
        "en": "read as not met from “{found}” by the model {model}; have a person check it",
    },
}


@dataclass(frozen=True, slots=True)
class Place:
    """`sentences[index].text[start:end]` of an `Evidence`."""

    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    outcome: Outcome
    reason: Reason
    place: Place | None = None
    words: dict[str, str] = field(default_factory=dict)
    rule: str | None = None
    """The id of the rule of `engine/modifiers` that decided, if one did."""


def worded(reason: Reason, quoted: Quoted, language: Language, cited: CitedValidation | None = None) -> str:
    """cited  where a reason of MEASURED was measured"""
    named = {"validation": "", "host": "", "sha256": ""}
    if cited is not None:
        named = {"validation": str(cited.id), "host": cited.host_name, "sha256": cited.result_sha256}
    return REASONS[reason][language].format(found=quoted.found, missing=quoted.missing, **named)


def read_by(code: str, model: str, found: str, language: Language) -> str:
    """The reason of a second reading, which says by which model it was read."""
    return _READ[code][language].format(model=model, found=found)


def in_language(verdicts: Sequence[ClauseVerdict], language: Language) -> tuple[ClauseVerdict, ...]:
    """With their reasons in this language; one whose code is not known here keeps its own words."""
    return tuple(_in_language(verdict, language) for verdict in verdicts)


def _in_language(verdict: ClauseVerdict, language: Language) -> ClauseVerdict:
    changed: dict[str, object] = {}
    if verdict.code in _CODES:
        changed["reason"] = worded(Reason(verdict.code), verdict.quoted, language, verdict.validation)
    if (second := verdict.second) and second.code in _READ:
        reason = read_by(second.code, second.model, second.profile_span.text, language)
        changed["second"] = second.model_copy(update={"reason": reason})
    return verdict.model_copy(update=changed) if changed else verdict


_CODES = frozenset(map(str, Reason))
