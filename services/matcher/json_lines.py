"""Reads files of lines, and of one JSON object a line, for the commands that load and that measure."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Object = dict[str, Any]

HOW = 'give one JSON object on each line, such as {"title": "箱体残损识别系统", "text": "…"}'


class BadFile(Exception):
    """One line that names the file, the line and what is wrong with it."""


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not blank, and where it stands (`path:3`). Raises BadFile."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path}:{number}", line.strip("\n\r")
    except UnicodeDecodeError:
        raise BadFile(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise BadFile(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None


def objects(path: Path) -> Iterator[tuple[str, Object]]:
    """The object of each line, and where it stands. Raises BadFile at the first line that holds none."""
    for where, line in lines(path):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            looks = "looks like CSV, which is not read" if "," in line and "{" not in line else f"not JSON ({error})"
            raise BadFile(f"{where}: {looks}; {HOW}") from None
        if not isinstance(found, dict):
            raise BadFile(f"{where}: not a JSON object; {HOW}")
        yield where, found
