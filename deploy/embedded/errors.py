"""What can keep the stack from running, each as one line a person can act on."""

import signal
from pathlib import Path


class StackError(Exception):
    """Printed as it is, without a traceback."""


class Refused(StackError):
    """The machine, an option or a file stands in the way; the text says which and what would help."""


class ChildDied(StackError):
    """A child ended although it should have gone on, or ended badly."""

    def __init__(self, name: str, code: int, log: Path, tail: str) -> None:
        self.name = name
        self.code = code
        super().__init__(f"{name} {how_it_ended(code)}; its log is {log}{_indented(tail)}")


class NotReady(StackError):
    def __init__(self, name: str, within_s: float, log: Path, tail: str) -> None:
        self.name = name
        super().__init__(f"{name} was not ready within {within_s:g} s; its log is {log}{_indented(tail)}")


def how_it_ended(code: int) -> str:
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _indented(tail: str) -> str:
    return "".join(f"\n    {line}" for line in tail.splitlines())
