"""Draws a report of exposure: of each group its share of those considered and of those shown."""

from collections.abc import Iterator, Sequence
from html import escape

from matcher.exposure.rules import ExposureDimension
from matcher.exposure.schemas import ExposureOut, ExposureRow

WIDTH, LEFT, BAR, ROW, HEAD = 720, 190, 440, 46, 64
POOL, SHOWN = "#9aa5b1", "#1f6feb"
SIGNIFICANT = 0.05
TITLES = {
    ExposureDimension.OWNERSHIP: "Ownership · 所有制形式",
    ExposureDimension.SIZE_CLASS: "Size class · 企业规模",
}
WITHHELD = "Too few organisations or demands to show · 机构或需求过少，不予显示"


def svg(report: ExposureOut) -> str:
    """A drawing that stands alone: no script, no font or picture from elsewhere."""
    lines = [*_body(report)]
    height = HEAD + ROW * len(lines) + 30
    title = " · ".join(filter(None, ("Exposure 曝光", report.period, report.track)))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'font-family="sans-serif" font-size="13"><title>{escape(title)}</title>',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            f'<text x="16" y="26" font-size="16" font-weight="bold">{escape(title)}</text>',
            *_legend(),
            *(f'<g transform="translate(0 {HEAD + ROW * place})">{line}</g>' for place, line in enumerate(lines)),
            "</svg>",
        ]
    )


def _legend() -> Iterator[str]:
    told = ((16, POOL, "share of those considered 参与排序"), (260, SHOWN, "share of those shown 获得展示"))
    for x, colour, text in told:
        yield f'<rect x="{x}" y="38" width="12" height="12" fill="{colour}"/><text x="{x + 18}" y="49">{text}</text>'
    yield f'<text x="500" y="49">* p &lt; {SIGNIFICANT} (Holm)</text>'


def _body(report: ExposureOut) -> Iterator[str]:
    if not report.items:
        yield f'<text x="16" y="28">{WITHHELD}</text>'
    for dimension in ExposureDimension:
        rows = [row for row in report.items if row.dimension is dimension]
        if rows:
            yield f'<text x="16" y="32" font-weight="bold">{TITLES[dimension]}</text>'
            yield from (_bars(row, rows) for row in rows)


def _bars(row: ExposureRow, rows: Sequence[ExposureRow]) -> str:
    considered, shown = sum(one.considered for one in rows), sum(one.shown for one in rows)
    shares = (row.considered / considered if considered else 0.0, row.shown / shown if shown else 0.0)
    p = row.shown_p_adjusted
    mark = " *" if p is not None and p < SIGNIFICANT else ""
    drawn = [f'<text x="16" y="20">{escape(f"{row.label} {row.group}")}</text>']
    for y, colour, share, note in ((4, POOL, shares[0], ""), (20, SHOWN, shares[1], mark)):
        width = round(BAR * share, 1)
        drawn.append(f'<rect x="{LEFT}" y="{y}" width="{width}" height="13" fill="{colour}"/>')
        drawn.append(f'<text x="{LEFT + width + 6}" y="{y + 11}" font-size="11">{share:.1%}{note}</text>')
    return "".join(drawn)
