"""The life of a question."""

from enum import StrEnum

from common.contracts.words import DemandState, QuestionState
from common.errors import NotAllowedNow
from common.lifecycle import Label, Lifecycle, Move

ASKED, ANSWERED = QuestionState.ASKED, QuestionState.ANSWERED
DISMISSED, WITHDRAWN = QuestionState.DISMISSED, QuestionState.WITHDRAWN


class QuestionAction(StrEnum):
    ANSWER = "answer"
    DISMISS = "dismiss"
    WITHDRAW = "withdraw"


class QuestionParty(StrEnum):
    """`answerer` is the demand's owner."""

    ASKER = "asker"
    ANSWERER = "answerer"


_ASKER, _ANSWERER = frozenset({QuestionParty.ASKER}), frozenset({QuestionParty.ANSWERER})

LIFE = Lifecycle(
    Label("question", "提问"),
    moves=(
        Move(ASKED, QuestionAction.ANSWER, ANSWERED, _ANSWERER),
        Move(ASKED, QuestionAction.DISMISS, DISMISSED, _ANSWERER),
        Move(ASKED, QuestionAction.WITHDRAW, WITHDRAWN, _ASKER),
        # A better answer takes the place of the one before, which stays in the history.
        Move(ANSWERED, QuestionAction.ANSWER, ANSWERED, _ANSWERER),
    ),
    states={ASKED: "待答复", ANSWERED: "已答复", DISMISSED: "不予答复", WITHDRAWN: "已撤回"},
    actions={
        QuestionAction.ANSWER: Label("answered", "答复"),
        QuestionAction.DISMISS: Label("dismissed", "不予答复"),
        QuestionAction.WITHDRAW: Label("withdrawn", "撤回"),
    },
    parties={
        QuestionParty.ASKER: Label("its asker", "提问方"),
        QuestionParty.ANSWERER: Label("the demand's owner", "需求方"),
    },
)


def refuse_not_open(state: str) -> None:
    """Raises NotAllowedNow unless a demand takes answers, and so questions."""
    if state != DemandState.PUBLISHED:
        raise NotAllowedNow(
            f"The demand is {state}; questions are taken while it is published",
            "仅可在需求处于“已发布”状态时提问",
        )
