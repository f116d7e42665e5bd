"""Samples of a page of Prometheus metrics, by name and labels."""

from collections.abc import Mapping

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

Key = str | tuple[str, Mapping[str, str]]


class Samples:
    """`samples["name"]` or `samples["name", {"label": "value"}]` is the value of the one sample with exactly these."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    @classmethod
    def of_this_process(cls) -> "Samples":
        return cls(generate_latest().decode())

    def __getitem__(self, key: Key) -> float:
        return self._values[_whole(key)]

    def __contains__(self, key: Key) -> bool:
        return _whole(key) in self._values

    def get(self, key: Key, default: float) -> float:
        return self._values.get(_whole(key), default)


def _whole(key: Key) -> tuple[str, frozenset[tuple[str, str]]]:
    name, labels = (key, {}) if isinstance(key, str) else key
    return name, frozenset(labels.items())
