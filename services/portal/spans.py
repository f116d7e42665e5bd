"""Marks in a text the pieces that verdicts quote."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from portal.api import Json


def marked(text: str, spans: Sequence[Json]) -> Markup:
    """`text` with each span in <mark>; offsets in code points. Spans that overlap an earlier one are left out."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda span: (span["start"], span["end"])):
        start, end = span["start"], span["end"]
        if at <= start < end <= len(text):
            parts += [escape(text[at:start]), Markup("<mark>%s</mark>") % text[start:end]]
            at = end
    return Markup("").join([*parts, escape(text[at:])])
