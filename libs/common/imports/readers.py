"""How the cells of a column are read, by the name that a columns file gives it under `reads`."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from common.imports import private
from common.imports.understanding import RemarkLevel, Understood
from common.sheets import dates, divisions, money, texts
from common.sheets.cells import Failure, Formula
from common.sheets.dates import DaySpan
from common.sheets.headers import KnownColumn
from common.sheets.money import Money, NoMoney
from common.sheets.records import Borrowed, Read

Reader = Callable[[Understood, Sequence[Read]], None]
"""Puts what the cells of one field say into the row. The first of the cells has the field's column."""

_NO_MONEY = {
    NoMoney.UNIT: ("names no unit; write 300万元, or name it in the header", "没有单位，请写成“300万元”或在表头注明"),
    NoMoney.SUM: ("is no sum of money; it was kept as text", "不是金额，已保留为文字"),
    NoMoney.FEN: ("is more exact than a fen", "精确到了分以下"),
    NoMoney.ORDER: ("names the higher sum first", "下限大于上限"),
}  # fmt: skip


def read_all(row: Understood, cells: "dict[str, list[Read]]", *, is_1904: bool) -> None:
    """Read every field of a record, in the order of its columns. Cells that compute or fail are errors of the row."""
    for reads in cells.values():
        sound = [read for read in reads if _is_sound(row, read)]
        if sound and (column := sound[0].heading.column):
            if column.reads in {"date", "period"} and is_1904:
                sound = [_since_1904(read) for read in sound]
            READERS[column.reads](row, sound)


def _is_sound(row: Understood, read: Read) -> bool:
    if read.source is None and type(read.value) is str:
        return True
    if isinstance(read.value, Formula):
        row.say(RemarkLevel.ERROR, read, "holds a formula; paste it as a value", "是公式，请粘贴为数值")
        return False
    if isinstance(read.value, Failure):
        row.say(RemarkLevel.ERROR, read, f"shows {read.value}; correct it", f"显示 {read.value}，请更正")
        return False
    if read.source is Borrowed.ABOVE and read.origin == read.place:
        row.say(RemarkLevel.ERROR, read, "refers to the row above, where there is none", "写“同上”，但上方没有内容")
        return False
    if read.source is Borrowed.BLANK:
        row.say(
            RemarkLevel.NOTE, read, f"is empty and was read as {read.origin} above", f"为空，按上方 {read.origin} 读取"
        )
    return True


def _since_1904(read: Read) -> Read:
    """A plain number of a workbook that counts from 1904, as the day that it is."""
    if isinstance(read.value, int | float) and (span := dates.read(read.value, is_1904=True)):
        return read._replace(value=span.first)
    return read


def _text(read: Read) -> str:
    return texts.clean(texts.shown(read.value))


def _option(read: Read, name: str, otherwise: Any = None) -> Any:
    column = read.heading.column
    return column.option(name, otherwise) if column else otherwise


def _field(read: Read) -> str:
    column = read.heading.column
    return column.becomes if column else ""


def _keep(row: Understood, read: Read, text: str) -> None:
    """What no field can take goes into the text, under its header."""
    row.kept.append((str(_option(read, "label", read.heading.text)), private.without_contacts(row, read, text)))


def _line(row: Understood, reads: Sequence[Read]) -> None:
    for read in reads:
        text = texts.without_number(texts.line(texts.shown(read.value)))
        if _field(read) not in row.body:
            row.put(_field(read), private.without_contacts(row, read, text), read)
        elif text not in {row.body[_field(read)], texts.without_number(row.body[_field(read)])}:
            _keep(row, read, text)


def _prose(row: Understood, reads: Sequence[Read]) -> None:
    parts = [private.without_contacts(row, read, _text(read)) for read in reads]
    row.put(_field(reads[0]), "\n".join(dict.fromkeys(filter(None, parts))), reads[0])


def _kept(row: Understood, reads: Sequence[Read]) -> None:
    for read in reads:
        _keep(row, read, _text(read))


def _unused(_: Understood, __: Sequence[Read]) -> None:
    """Numbers of rows, and what else is read for nothing."""


def _names(row: Understood, reads: Sequence[Read]) -> None:
    for read in reads:
        found = texts.names(private.without_contacts(row, read, _text(read)))
        column = read.heading.column
        row.extend(_field(read), [(column and _word_of(column, name)) or name for name in found], read)
    row.body[_field(reads[0])] = list(dict.fromkeys(row.body[_field(reads[0])]))


def _items(row: Understood, reads: Sequence[Read]) -> None:
    """Things that each become an object with one member, which `member` names; `also` are its other members."""
    for read in reads:
        member, also = _option(read, "member", "text"), _option(read, "also", {})
        found = texts.clauses(private.without_contacts(row, read, _text(read)))
        row.extend(_field(read), [{**also, member: part} for part in found], read)


@lru_cache(4096)
def _word_of(column: KnownColumn, text: str) -> str | None:
    """What a word of the cell stands for, by the column's words: one that equals it, else the only one within it."""
    words: dict[str, list[str]] = column.option("words", {})
    if not words:
        return None
    said = texts.compact(text)
    for word, others in words.items():
        if said in {texts.compact(each) for each in (word, *others)}:
            return word
    within = {word for word, others in words.items() if any(texts.compact(each) in said for each in (word, *others))}
    return within.pop() if len(within) == 1 else None


def _word(row: Understood, reads: Sequence[Read]) -> None:
    read, text = reads[0], texts.without_number(_text(reads[0]))
    column = read.heading.column
    if column and (word := _word_of(column, text)):
        row.put(_field(read), word, read)
        return
    words = _option(read, "words", {})
    row.say(
        RemarkLevel.WARNING, read,
        f"is none of {', '.join(words)}; it was kept as text", f"不是 {'、'.join(words)} 之一，已保留为文字",
    )  # fmt: skip
    _keep(row, read, text)


def _whole(row: Understood, reads: Sequence[Read]) -> None:
    read = reads[0]
    digits = "".join(character for character in _text(read) if character.isdigit())
    if digits and len(digits) < 7:
        row.put(_field(read), int(digits), read)
    else:
        row.say(RemarkLevel.WARNING, read, "is no whole number", "不是整数")


def _money(row: Understood, reads: Sequence[Read]) -> None:
    for read in reads:
        text = texts.shown(read.value)
        found = money.read(text, read.heading.unit)
        if isinstance(found, Money):
            for name in _option(read, "sides", ["low", "high"]):
                if (fen := getattr(found, name)) is not None:
                    row.put({"low": "budget_min_fen", "high": "budget_max_fen"}[name], fen, read)
        else:
            words, words_zh = _NO_MONEY[found]
            row.say(RemarkLevel.WARNING, read, f"{text!r} {words}", f"“{text}”{words_zh}")
            _keep(row, read, text)


def _date(row: Understood, reads: Sequence[Read]) -> None:
    read = reads[0]
    span = dates.read(read.value)
    if span is None:
        text = _text(read)
        row.say(
            RemarkLevel.WARNING, read,
            f"{text!r} is no date, or could be two; write 2026-03-31. It was kept as text",
            f"“{text}”不是明确的日期，请写成 2026-03-31；已保留为文字",
        )  # fmt: skip
        _keep(row, read, text)
        return
    row.put(_field(read), _moment(span, _option(read, "side")), read)


@lru_cache(1024)
def _moment(span: DaySpan, side: str | None) -> str:
    moment = span.opens_at if side == "first" else span.closes_at
    return moment.isoformat().replace("+00:00", "Z")


def _period(row: Understood, reads: Sequence[Read]) -> None:
    """How long it takes or when it is to be ready: one more clause, with the date as it is written."""
    for read in reads:
        text = f"{read.heading.text.partition('（')[0]}：{_text(read)}"
        row.extend("clauses", [{"kind": "delivery", "text": private.without_contacts(row, read, text)}], read)


def _division(row: Understood, reads: Sequence[Read]) -> None:
    read, text = reads[0], _text(reads[0])
    if code := divisions.code_of(text):
        row.put(_field(read), code, read)
    else:
        _keep(row, read, text)


def _contact(row: Understood, reads: Sequence[Read]) -> None:
    for read in reads:
        private.contact(row, read, _text(read), part=_option(read, "part"))


READERS: dict[str, Reader] = {
    "line": _line,
    "text": _prose,
    "kept": _kept,
    "number": _unused,
    "names": _names,
    "items": _items,
    "word": _word,
    "whole": _whole,
    "money": _money,
    "date": _date,
    "period": _period,
    "division": _division,
    "contact": _contact,
}
