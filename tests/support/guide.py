"""The operator's guide as its reader types it: blocks of commands, each marked with when it can be typed."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDES = ("docs/operating.md", "docs/operating.zh-CN.md")
BLOCK = re.compile(r"(?:<!-- (running|stopped|checked)(, until Ctrl-C)? -->\n)?```bash\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """
    when        `running` and `stopped` say in which state of the stack of `make run` it is typed, `checked`
                that it needs servers of one's own; empty when nobody said
    is_endless  goes on until Ctrl-C
    """

    when: str
    is_endless: bool
    typed: str


def text(guide: str) -> str:
    return (ROOT / guide).read_text(encoding="utf-8")


def blocks(guide: str) -> list[Block]:
    """In the guide's order."""
    return [Block(when, bool(endless), typed) for when, endless, typed in BLOCK.findall(text(guide))]
