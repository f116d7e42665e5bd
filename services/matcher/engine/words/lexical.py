"""Turns text into the words that full-text search and the ranker compare."""

import unicodedata

_STOP_ZH = """
的 了 和 与 及 或 等 在 对 为 是 由 以 于 从 到 被 把 将 向 按 并 而 且 其 该 各 每 这 那
此 之 所 有 无 不 也 都 就 还 又 则 可 能 要 需 应 须 一个 一种 一批 一套 以及 并且 或者 通过
进行 实现 具有 具备 相关 有关 主要 包括 其中 同时 目前 现有 需要 要求 希望 能够 可以 达到 提供 采用
使用 我们 我公司 本公司 公司 企业 项目 问题 方面 情况 内容 如下 基于 针对 关于 根据 用于 面向
"""
_STOP_EN = """
a an and are as at be by can for from has have in into is it its may must of on or our shall should such that the their
these this to under up us using used was we were which will with within without
"""
STOP_WORDS = frozenset((_STOP_ZH + _STOP_EN).split())


def tokens(text: str) -> list[str]:
    """Search words of `text` in order, repeats kept: Chinese by dictionary, long words with their parts; other scripts
    by blanks and punctuation, not stemmed. NFKC, lower case; no stop word, no mark without a letter or digit.
    """
    return list(_cut(text))


def lexemes(text: str) -> list[str]:
    """What full-text search stores of `text`: `tokens`, free of the characters that are syntax in a tsvector."""
    return [token.translate(_UNQUOTED) for token in _cut(text)]


def query_lexemes(text: str, *, most: int = 64) -> list[str]:
    """What full-text search asks of an index: the distinct `lexemes`, in order of appearance, at most `most`."""
    return list(dict.fromkeys(lexemes(text)))[:most]


def pairs(text: str) -> frozenset[str]:
    """The set of neighbouring character pairs inside the words and numbers of `text`, blanks and marks left out."""
    normal = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c if c.isalnum() else " " for c in normal)
    return frozenset(word[i : i + 2] for word in kept.split() for i in range(len(word) - 1))


_UNQUOTED = str.maketrans("", "", "'\\:&|!()<>*")


def _cut(text: str) -> tuple[str, ...]:
    import rjieba  # reads its dictionary then, a tenth of a second and 24 MB: no start should wait for it

    normal = unicodedata.normalize("NFKC", text).lower()
    return tuple(
        token
        # The segmenter of the package, which nothing else here gives words to; one of our own is 24 MB more.
        for token in rjieba.cut_for_search(normal)
        if token not in STOP_WORDS and any(c.isalnum() for c in token)
    )
