"""Quoted spans are marked, and nothing that somebody wrote becomes part of the page."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from portal.spans import marked


def span(start: int, end: int) -> dict[str, int]:
    return {"start": start, "end": end}


def test_a_span_is_marked_where_it_stands() -> None:
    assert marked("准确率97.6%达标", [span(3, 8)]) == "准确率<mark>97.6%</mark>达标"


def test_overlapping_spans_are_marked_once() -> None:
    assert marked("abcdef", [span(0, 3), span(2, 5)]) == "<mark>abc</mark>def"


def test_what_is_quoted_is_inert() -> None:
    assert marked("<b>x</b>", [span(0, 3)]) == "<mark>&lt;b&gt;</mark>x&lt;/b&gt;"


@given(st.text(), st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40))))
def test_nothing_of_the_text_is_lost_whatever_the_spans(text: str, pairs: list[tuple[int, int]]) -> None:
    html = marked(text, [span(*pair) for pair in pairs])
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)
