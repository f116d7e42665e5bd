"""The future-industry tracks of a deployment, each with the English name that a request may give instead."""

from collections.abc import Iterator, Mapping, Sequence

from common.errors import FieldFault, invalid

Tracks = Mapping[str, str]
"""The English name of each track."""

QINGDAO: dict[str, str] = {
    "太赫兹": "terahertz",
    "海洋电子信息": "marine_electronics",
    "深海开发": "deep_sea",
    "空天信息": "aerospace_information",
    "类脑智能": "brain_inspired_intelligence",
    "量子信息": "quantum_information",
    "先进半导体材料": "advanced_semiconductors",
    "卫星互联网": "satellite_internet",
}


def resolved(named: Sequence[str], known: Tracks) -> list[str]:
    """The tracks themselves in place of their English names; what is neither stays as it is."""
    by_english = {english: track for track, english in known.items()} if named else {}
    return [by_english.get(name, name) for name in named]


def faults(named: Sequence[str], known: Tracks, *, pointer: str) -> Iterator[FieldFault]:
    """One for each that is unknown, or named twice in either language; `pointer` is that of the list."""
    tracks = resolved(named, known)
    for position, track in enumerate(tracks):
        where = f"{pointer}/{position}"
        if track not in known:
            yield _unknown(known, pointer=where)
        elif track in tracks[:position]:
            yield FieldFault("remove this one, it is named twice", "与前面重复，请删除", pointer=where)


def one(name: str, known: Tracks, *, pointer: str | None = None, parameter: str | None = None) -> str:
    """The track of this name, in either language. Raises InvalidInput naming the place when there is none."""
    [track] = resolved([name], known)
    if track not in known:
        raise invalid(_unknown(known, pointer=pointer, parameter=parameter))
    return track


def _unknown(known: Tracks, *, pointer: str | None = None, parameter: str | None = None) -> FieldFault:
    pairs = ", ".join(f"{track} ({english})" for track, english in known.items())
    words = (f"give one of {pairs}", f"请填写其中之一：{'、'.join(known)}")
    return FieldFault(*words, pointer=pointer, parameter=parameter)
