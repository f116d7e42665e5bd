"""Units of measurement as Chinese and English prose writes them, each with its dimension and factor to a base unit."""

import re
from dataclasses import dataclass
from pathlib import Path

from matcher.engine.words import tables

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Unit:
    """`base = (value + offset) * factor`; two quantities compare only when their dimensions are equal.

    A compound dimension is written `mass/time` or `mass·length`. A bare number has dimension `number`: 0.95 compares
    with 95 %. The dimension of an unknown unit begins with `?` and equals that of the same unknown unit only.
    """

    symbol: str
    dimension: str
    factor: float = 1.0
    offset: float = 0.0

    def to_base(self, value: float) -> float:
        return (value + self.offset) * self.factor


@dataclass(frozen=True, slots=True)
class Naming:
    """A line of units.tsv: the names of one unit, and an equality that holds (`2丝 = 0.02 mm`), empty for a base."""

    dimension: str
    factor: float
    names: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Meant:
    """A line of in_context.tsv: what `written` stands for after words that `before` finds."""

    written: str
    before: re.Pattern[str]
    meant: str
    example: str


PLAIN = Unit("", "number")
TRL = Unit("TRL", "trl")
SERVICE_HOURS = Unit("h/week", "service-hours")

# A name followed by one of these characters is another word: 5天线, 3路由器, 2方案.
_OTHER_WORDS = """
天:线然津 路:由径段 个:性人体 方:案面法式便向位 台:阶账风 升:级高降温压 克:隆服 年:代度级 周:期边围长 日:志常均
家:具电居庭用 类:型似别 种:植子 套:件餐利 组:织件成态装 人:工脸员机体才民 名:称单 位:置于移 次:方品要日氯级
节:点能省约拍 米:饭粉 平方:米公千厘毫 立方:米厘 度:电量假 条:件款例形 件:套数 门:户诊槛禁 项:目链 列:表车出
处:理于置在 例:如 A:级 支:持撑付架 把:握控 块:链 张:力贴 份:额 转:换化型移速变运 箱:体号门 级:联别 安:全装排防
牛:肉奶 伏:案 元:素器件 回:收路传用 目:标前录的 焦:距点 瓦:斯 只:读能有需是要 巴:士 笔:记试 星期:一二三四五六日天
寸:步 帧:率内间 款:式项 座:位椅标 片:段面区 模:型式块组具态拟 d:打 D:打
斤:两 丝:杆网绸印路束绒带 担:保当任 磅:秤 欧:洲盟美式 埃:及塞 希:望腊 托:盘育管运 居里:夫 加仑:桶 高斯:模分过
道:路具口闸岔 法拉:利第
"""
_NOT_BEFORE = {unit: tuple(following) for unit, following in (pair.split(":") for pair in _OTHER_WORDS.split())}

_FOREIGN_OFFSETS = {
    "°F": Unit("°F", "temperature", 5 / 9, -32.0),
    "℉": Unit("℉", "temperature", 5 / 9, -32.0),
    "华氏度": Unit("华氏度", "temperature", 5 / 9, -32.0),
    "kelvin": Unit("kelvin", "temperature", 1.0, -273.15),
    "开尔文": Unit("开尔文", "temperature", 1.0, -273.15),
}


def rows() -> list[Naming]:
    """The lines of units.tsv."""
    return [
        Naming(dimension, float(factor), tables.names(names), example)
        for dimension, factor, names, example in tables.rows(_FOLDER / "units.tsv", width=4)
    ]


def _table() -> dict[str, Unit]:
    """Every name with its unit. Raises ValueError for a name that stands twice."""
    units = dict(_FOREIGN_OFFSETS)
    for row in rows():
        for name in row.names:
            if name in units:
                raise ValueError(f"units.tsv gives {name} twice")
            units[name] = Unit(name, row.dimension, row.factor)
    return units


UNITS = _table()
_LONGEST = max(map(len, UNITS))
IN_CONTEXT = tuple(
    Meant(written, re.compile(before, re.IGNORECASE), meant, example)
    for written, before, meant, example in tables.rows(_FOLDER / "in_context.tsv", width=4)
)
_AMBIGUOUS = {row.written for row in IN_CONTEXT}
_LETTERS = {row.written for row in IN_CONTEXT if row.written not in UNITS}
"""Names that are units in a context only."""

_BELOW = {
    "月": UNITS["个月"], "时": UNITS["小时"], "分": UNITS["分钟"], "车": UNITS["辆"], "年度": UNITS["年"],
    "K": Unit("K", "temperature"),
}  # fmt: skip
"""Names that are units only below a stroke: 次/月, t/时, W/(m·K)."""

KELVIN = Unit("K", "temperature", 1.0, -273.15)
KELVIN_APART = Unit("K", "temperature")
"""Of a temperature, and of a difference between two."""

PREFIXES = {
    "¥": UNITS["元"], "￥": UNITS["元"], "RMB": UNITS["元"], "CNY": UNITS["元"], "人民币": UNITS["元"],
    "$": UNITS["美元"], "US$": UNITS["美元"], "USD": UNITS["美元"], "€": UNITS["欧元"], "EUR": UNITS["欧元"],
}  # fmt: skip
"""Currency written before the number."""


@dataclass(frozen=True, slots=True)
class Code:
    """A line of codes.tsv: the unit of a bare number after what `before` finds."""

    before: re.Pattern[str]
    unit: Unit
    example: str


CODES = tuple(
    Code(re.compile(f"(?:{before})$"), UNITS[unit], example)
    for before, unit, example in tables.rows(_FOLDER / "codes.tsv", width=3)
)
"""Codes written before a number that has no unit of its own (HRC58, pH 7), and what it is then in."""


def _is_word_end(text: str, end: int) -> bool:
    last, following = text[end - 1], text[end : end + 1]
    if last.isascii() and last.isalnum():
        return not (following.isascii() and (following.isalnum() or following == "_"))
    return True


def named(text: str, start: int) -> tuple[Unit, int] | None:
    """The longest unit written at `start`, with its end; a product of units (N·cm, 吨·公里) is one."""
    found = _single(text, start)
    while found and (times := _TIMES_SIGN.match(text, found[1])) and (by := below(text, times.end(), is_part=True)):
        found = product(found[0], by[0], text[start : by[1]]), by[1]
    return found


_TIMES_SIGN = re.compile("[·•⋅*]")


def _single(text: str, start: int) -> tuple[Unit, int] | None:
    for end in range(min(len(text), start + _LONGEST), start, -1):
        unit = UNITS.get(text[start:end]) or UNITS.get(text[start:end].lower() if end - start > 3 else "")
        if unit and _is_word_end(text, end) and not text.startswith(_NOT_BEFORE.get(unit.symbol, ()), end):
            return unit, end
    return None


def in_context(text: str, start: int, before: str) -> tuple[Unit, int] | None:
    """The unit at `start` of a kind that only the words `before` the figure tell apart (度, 吨, G)."""
    found = _single(text, start)
    symbol = found[0].symbol if found else text[start : start + 1]
    if symbol not in _AMBIGUOUS or (found is None and symbol not in _LETTERS):
        return None
    end = found[1] if found else start + 1
    if not _is_word_end(text, end):
        return None
    for row in IN_CONTEXT:
        if row.written == symbol and row.before.search(before):
            return written(row.meant), end
    return None


def below(text: str, start: int, *, is_part: bool = False) -> tuple[Unit, int] | None:
    """The unit at `start` of what follows a stroke or 每, in brackets too; `is_part` reads one factor of a product."""
    if text.startswith("(", start) and (inner := below(text, start + 1)) and text.startswith(")", inner[1]):
        return inner[0], inner[1] + 1
    found = (_single if is_part else named)(text, start)
    if found:
        return found
    name = next((name for name in _BELOW if text.startswith(name, start)), "")
    return (_BELOW[name], start + len(name)) if name and _is_word_end(text, start + len(name)) else None


_ALIASES = {"K": "kelvin", "年限": "年", "RMB": "元", "CNY": "元", "分": "分钟"}


def written(symbol: str) -> Unit:
    """The unit a symbol stands for, compound ones too; an unknown one has a dimension of its own."""
    symbol = _ALIASES.get(symbol.strip(), symbol.strip())
    for special in (PLAIN, TRL, SERVICE_HOURS):
        if symbol == special.symbol:
            return special
    if unit := _whole(symbol):
        return unit
    parts = symbol.split("/")
    known = [_whole(part) for part in parts]
    unit = known[0]
    for part in known[1:]:
        unit = compound(unit, part, symbol) if unit and part else None
    return unit or unknown(symbol)


def unknown(symbol: str) -> Unit:
    """A unit that no table knows, which measures the same as itself alone."""
    return Unit(symbol, f"?{symbol.lower()}")


def _whole(symbol: str) -> Unit | None:
    """A unit, also with 万 or a count before it: 万颗, 24h."""
    scaled = re.fullmatch(r"(?P<times>\d{1,4}|万|亿)?(?P<rest>.+)", symbol)
    if scaled is None:
        return None
    found = below(symbol, 0) or below(scaled["rest"], 0)
    if found is None or found[1] not in (len(symbol), len(scaled["rest"])):
        return None
    if found[1] == len(symbol):
        return found[0]
    times = _TIMES.get(scaled["times"] or "1") or float(scaled["times"])
    return Unit(symbol, found[0].dimension, found[0].factor * times)


_TIMES = {"1": 1.0, "万": 1e4, "亿": 1e8}


_BARE = {"ratio", "count", "people", "times", "channel", "box", "request", "frame", "pixel", "fold"}


def is_comparable(one: str, other: str) -> bool:
    """Whether figures of two dimensions measure the same: a bare number may be a share or a count."""
    return one == other or (one == "number" and other in _BARE) or (other == "number" and one in _BARE)


# Derived dimensions that also have names of their own.
_SAME = {
    "force/area": "pressure", "energy/time": "power", "force·length": "torque", "power·time": "energy",
    "pressure·time": "viscosity", "current·time": "charge", "intensity/area": "luminance",
    "luminous/area": "illuminance", "length/time/time": "acceleration",
    "current·voltage": "power",
}  # fmt: skip


def compound(top: Unit, bottom: Unit, symbol: str) -> Unit:
    """`top` per `bottom`. A price or a time per piece stays one, so that it compares with a budget or a takt."""
    if bottom.dimension in ("count", "box") and top.dimension in ("money", "time"):
        return Unit(symbol, top.dimension, top.factor)
    if top.dimension == "money" and bottom.symbol == "度":
        bottom = UNITS["kWh"]
    dimension = f"{top.dimension}/{bottom.dimension}"
    return Unit(symbol, _SAME.get(dimension, dimension), top.factor / bottom.factor)


def product(one: Unit, other: Unit, symbol: str) -> Unit:
    """One unit times another, whichever is written first."""
    dimension = "·".join(sorted((one.dimension, other.dimension)))
    return Unit(symbol, _SAME.get(dimension, dimension), one.factor * other.factor)
