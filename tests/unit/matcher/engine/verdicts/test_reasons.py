"""Each reason can be worded again in the other language from its code and what it quotes."""

import pytest

from common.contracts.clauses import ClauseKind
from common.contracts.matcher import ClauseVerdict, Outcome, Quoted, Span
from common.fields import Language
from matcher.engine.verdicts.reasons import REASONS, Reason, in_language, worded

QUOTED = Quoted(found="准确率97%", missing="CMMI 5级")


def verdict(reason: str, code: str) -> ClauseVerdict:
    return ClauseVerdict(
        clause=0,
        kind=ClauseKind.PERFORMANCE,
        is_hard=False,
        outcome=Outcome.SATISFIED,
        demand_span=Span(source="clauses/0", start=0, end=1, text="甲"),
        reason=reason,
        code=code,
        quoted=QUOTED,
    )


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize(("told", "wanted"), [("zh", "en"), ("en", "zh"), ("zh", "zh")])
def test_a_reason_is_told_in_the_other_language(reason: Reason, told: Language, wanted: Language) -> None:
    [shown] = in_language([verdict(worded(reason, QUOTED, told), reason)], wanted)
    uncited = dict.fromkeys(("validation", "host", "sha256"), "")
    assert shown.reason == worded(reason, QUOTED, wanted)
    assert shown.reason == REASONS[reason][wanted].format(**QUOTED.model_dump(), **uncited)


def test_a_reason_of_a_later_or_earlier_version_keeps_its_words() -> None:
    for code in ("", "known_later"):
        assert in_language([verdict("原话", code)], "en")[0].reason == "原话"


def test_braces_in_what_is_quoted_are_harmless() -> None:
    assert worded(Reason.NAMED, Quoted(found="{missing} {0}"), "en") == "the profile names “{missing} {0}”"
