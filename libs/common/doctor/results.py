"""What an examination found, and how it reads for a person or a program."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CheckResult:
    """
    check   what was examined, a word such as `outbox`
    seen    what was found, in a sentence with its figures
    remedy  what to do; empty when nothing is to be done
    """

    check: str
    severity: Severity
    seen: str
    remedy: str = ""


def ok(check: str, seen: str) -> CheckResult:
    return CheckResult(check, Severity.OK, seen)


def warning(check: str, seen: str, remedy: str) -> CheckResult:
    """Something works and should not stay as it is."""
    return CheckResult(check, Severity.WARNING, seen, remedy)


def fault(check: str, seen: str, remedy: str) -> CheckResult:
    """Something does not work, or soon will not."""
    return CheckResult(check, Severity.FAULT, seen, remedy)


def unknown(check: str, seen: str, remedy: str) -> CheckResult:
    """It could not be examined, because of another fault."""
    return CheckResult(check, Severity.UNKNOWN, seen, remedy)


def is_well(results: Sequence[CheckResult]) -> bool:
    """Whether nothing is broken and everything could be examined; warnings are allowed."""
    return all(result.severity in (Severity.OK, Severity.WARNING) for result in results)


def document(service: str, results: Sequence[CheckResult]) -> dict[str, Any]:
    """For programs: `is_well`, and every result with all its fields."""
    return {
        "service": service,
        "is_well": is_well(results),
        "results": [
            {"check": each.check, "severity": each.severity.value, "seen": each.seen, "remedy": each.remedy}
            for each in results
        ],
    }


def text(service: str, results: Sequence[CheckResult]) -> str:
    """For people: a line for each result, and under those that call for it a line that says what to do."""
    width = max((len(each.check) for each in results), default=0)
    lines = []
    for each in results:
        lines.append(f"{each.severity.value:8} {each.check:{width}}  {each.seen}")
        if each.remedy:
            lines.append(f"{'':8} {'':{width}}  → {each.remedy}")
    count = sum(each.severity in (Severity.FAULT, Severity.UNKNOWN) for each in results)
    lines.append(
        f"{service} is well" if not count else f"{service} is not well: {count} of {len(results)} checks failed"
    )
    return "\n".join(lines)
