"""Clause–profile pairs that readers judged."""

from typing import Literal

from pydantic import Field

from matcher.evaluation.rows import Loose

Label = Literal["满足", "不满足", "证据不足"]


class Pair(Loose):
    """`right` is the verdict of a careful reader, `second` that of another one, `kind` a word to group by."""

    clause: str = Field(min_length=1, max_length=2_000)
    profile: str = Field(max_length=100_000)
    right: Label
    second: Label | None = None
    kind: str = ""
