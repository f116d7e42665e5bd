"""What a table needs to be searched: one column of tokens, and how to ask it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, cast, func
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from common.search.tokens import index_tokens, query_terms


class Searchable:
    """`search` is never read back. A table with it needs a GIN index, and statistics of 1,000 for the column: with the
    default of 100 a rare word looks common to the planner."""

    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True, deferred_raiseload=True)

    def find_by(self, texts: Iterable[str]) -> None:
        """Have it found by any word of these texts."""
        self.search = func.array_to_tsvector(cast(index_tokens(texts), ARRAY(Text)))

    @classmethod
    def found_by(cls, query: str) -> ColumnElement[bool]:
        """Whether a row has everything that a query asks for."""
        return cls.search.bool_op("@@")(_tsquery(query))


def _tsquery(query: str) -> ColumnElement[Any]:
    # Tokens hold letters, digits and ideographs only, so none can end its own quotation.
    terms = (" | ".join(f"'{token}'" for token in spellings) for spellings in query_terms(query))
    return cast(" & ".join(f"({term})" for term in terms), TSQUERY)
