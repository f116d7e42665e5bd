"""Sizes of several sides as texts write them."""

import pytest

from matcher.engine.facts import sizes
from matcher.engine.facts.cue_words import Cue


@pytest.mark.parametrize(
    ("text", "sides", "cue"),
    [
        ("外形尺寸不大于1200×800×600mm", (1.2, 0.8, 0.6), Cue.AT_MOST),
        ("幅面3m×2m", (3, 2), None),
        ("尺寸1200(L)×800(W)×600(H)mm", (1.2, 0.8, 0.6), None),
        ("长1200mm×宽800mm以上", (1.2, 0.8), Cue.AT_LEAST),
        ("a footprint of 1.8 m x 1.4 m.", (1.8, 1.4), Cue.REACH),
        ("分辨率1920×1080", (1920, 1080), None),
        ("像素不少于1920*1080", (1920, 1080), Cue.AT_LEAST),
    ],
)
def test_a_size_is_read(text: str, sides: tuple[float, ...], cue: Cue | None) -> None:
    (size,) = sizes.find(text)
    assert size.sides == pytest.approx(sides)
    assert size.cue is cue
    assert text[size.figure_start : size.end].startswith(("1", "3", "8"))


@pytest.mark.parametrize("text", ["4×100G网口", "3×4.5kW电机", "每秒2×3.5米/秒", "排列3×2", "功率2×300W", "规格M12x40"])
def test_what_is_no_size_is_not_read(text: str) -> None:
    assert sizes.find(text) == ()
