"""Every life-cycle there is, found in the rules of the services, and drawn into ARCHITECTURE.md by `make docs`."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from common.lifecycle import Lifecycle

ROOT = Path(__file__).parents[2]
AnyLifecycle = Lifecycle[Any, Any, Any]
_PLACE = re.compile(r"(?<=<!-- life-cycles: written by `make docs` -->\n).*?(?=<!-- end of life-cycles -->)", re.DOTALL)


def lifecycles() -> dict[str, AnyLifecycle]:
    """By where each stands, such as `catalog/demands`."""
    services = ROOT / "services"
    rules = sorted(path.parent.relative_to(services) for path in services.rglob("rules.py"))
    modules = {folder.as_posix(): import_module(".".join((*folder.parts, "rules"))) for folder in rules}
    return {folder: module.LIFE for folder, module in modules.items() if hasattr(module, "LIFE")}


def drawn(document: str) -> str:
    """The document with the drawings in their place. Raises ValueError when it has none."""
    if not _PLACE.search(document):
        raise ValueError("the document has no place for life-cycles")
    drawings = "\n".join("\n".join(drawing(folder, life)) + "\n" for folder, life in lifecycles().items())
    return _PLACE.sub(lambda _: drawings, document)


def drawing(folder: str, life: AnyLifecycle) -> Iterator[str]:
    """A state diagram in Mermaid: one arrow for each pair of states, with the actions and who may take each."""
    yield f"**{life.noun.en} {life.noun.zh}** (`services/{folder}/rules.py`)\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {life.initial}"
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in life.moves:
        who = " or ".join(party for party in life.parties if party in move.by)
        arrows.setdefault((move.state, move.to), []).append(f"{move.action} ({who})")
    for (state, to), actions in arrows.items():
        yield f"    {state} --> {to}: {', '.join(actions)}"
    for state in life.states:
        if not any(move.state == state for move in life.moves):
            yield f"    {state} --> [*]"
    yield "```\n"
    yield "，".join(f"{state} {chinese}" for state, chinese in life.states.items()) + "。"
