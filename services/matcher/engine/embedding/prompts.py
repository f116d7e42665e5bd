"""The words a model was trained to see before a question and before an answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prompts:
    """Put before the text as they are, trailing space included."""

    query: str
    passage: str


E5 = Prompts(query="query: ", passage="passage: ")
