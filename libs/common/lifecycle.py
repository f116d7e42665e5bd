"""One machine for every life-cycle: a table of moves as data, who may make each, and what it is called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from common.errors import NotAllowedNow

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)
Party = TypeVar("Party", bound=StrEnum)


class Label(NamedTuple):
    """The same in two languages. Of a noun and a party, what it is called; of an action, `en` is its participle, as in
    "cannot be published", and `zh` its verb; a state's English name is its value."""

    en: str
    zh: str


class Move(NamedTuple, Generic[State, Action, Party]):
    """In `state`, `action` by one of `by` leads to `to`."""

    state: State
    action: Action
    to: State
    by: frozenset[Party]


class Transition(NamedTuple, Generic[State, Action, Party]):
    """A move as it was made: what an audit entry tells."""

    action: Action
    before: State
    after: State
    by: Party
    at: datetime


@dataclass(frozen=True)
class Lifecycle(Generic[State, Action, Party]):
    """Every step there is; what is not among the moves is refused, and a new state joins by adding rows.

    moves    in the order in which what is possible is told
    states   what each is called in Chinese; the first is where everything begins
    """

    noun: Label
    moves: tuple[Move[State, Action, Party], ...]
    states: Mapping[State, str]
    actions: Mapping[Action, Label]
    parties: Mapping[Party, Label]

    @property
    def initial(self) -> State:
        return next(iter(self.states))

    def allowed(self, state: State, by: Collection[Party]) -> tuple[Action, ...]:
        """What somebody who is any of `by` may do now, in the order of the table."""
        return tuple(move.action for move in self.moves if move.state == state and not move.by.isdisjoint(by))

    def is_done(self, state: State, action: Action) -> bool:
        """Whether `state` is what `action` leads to, so that asking again changes nothing."""
        return any(move.to == state for move in self.moves if move.action is action)

    def before(self, action: Action) -> tuple[State, ...]:
        """The states in which `action` is possible, for a change of many rows at once."""
        return tuple(move.state for move in self.moves if move.action is action)

    def after(self, action: Action) -> State:
        """The one state that `action` leads to. Raises ValueError when it leads to several."""
        (state,) = {move.to for move in self.moves if move.action is action}
        return state

    def moved(
        self, state: State, action: Action, *, by: Collection[Party], at: datetime
    ) -> Transition[State, Action, Party]:
        """The step that `action` is now. Raises NotAllowedNow, naming the state and what is possible instead.

        by  all that the caller is; it names the first party, in the order of `parties`, that may make it
        """
        here = [move for move in self.moves if move.state == state and move.action is action]
        for move in here:
            for party in self.parties:
                if party in move.by and party in by:
                    return Transition(action, state, move.to, party, at)
        raise self._refusal(state, action, by, [party for move in here for party in self.parties if party in move.by])

    def _refusal(self, state: State, action: Action, by: Collection[Party], others: Collection[Party]) -> NotAllowedNow:
        possible = self.allowed(state, by)
        names = ", ".join(possible) or "nothing"
        names_zh = "、".join(self.actions[each].zh for each in possible) or "无"
        theirs = f" by you, only by {' or '.join(self.parties[each].en for each in others)}" if others else ""
        theirs_zh = f"，此操作由{'或'.join(self.parties[each].zh for each in others)}进行" if others else ""
        return NotAllowedNow(
            f"The {self.noun.en} is {state}, so it cannot be {self.actions[action].en}{theirs}; allowed now: {names}",
            f"{self.noun.zh}处于“{self.states.get(state, state)}”状态，不能{self.actions[action].zh}{theirs_zh}；"
            f"当前可以：{names_zh}",
        )
