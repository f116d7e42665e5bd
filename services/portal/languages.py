"""What is said, in each language: a folder of message catalogues for each, read once, the same keys in both."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).with_name("words")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every message by its dotted key, such as `front.lead`. Raises ValueError for one that two files say."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        said = dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), ""))
        if twice := found.keys() & said.keys():
            raise ValueError(f"{path}: {', '.join(sorted(twice))} stands in another file")
        found |= said
    return found


def _flat(table: Mapping[str, Any], before: str) -> "list[tuple[str, str]]":
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += _flat(value, f"{before}{key}.") if isinstance(value, dict) else [(before + key, str(value))]
    return found


class Speaker:
    """Says messages in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def __call__(self, key: str, **given: object) -> str:
        """Raises KeyError for a message that there is not."""
        return self._catalogue[key].format_map(given) if given else self._catalogue[key]

    def options(self, group: str) -> list[tuple[str, str]]:
        """The words of a group to choose from, in the order of the catalogue."""
        return [
            (key.removeprefix(f"{group}."), said)
            for key, said in self._catalogue.items()
            if key.startswith(f"{group}.")
        ]

    def word(self, group: str, value: object) -> str:
        """What a word of the APIs is called; a word that only a later version knows, itself."""
        return self._catalogue.get(f"{group}.{value}", str(value))
