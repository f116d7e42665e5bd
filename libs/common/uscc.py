"""The unified social credit code (GB 32100-2015): eighteen characters, the last a check."""

from common.errors import Forbidden
from common.fields import OrganisationKey

SCHEME = "uscc"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = len(WEIGHTS) + 1


def check_character(first_seventeen: str) -> str:
    """The check character for the first seventeen; ValueError when one is not in the alphabet."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def fault(code: str) -> tuple[str, str] | None:
    """What is wrong with a code, as an English and a Chinese sentence, or None when it is valid."""
    if len(code) != LENGTH:
        return (
            f"a unified social credit code has {LENGTH} characters, this has {len(code)}",
            f"统一社会信用代码应为 {LENGTH} 位，现为 {len(code)} 位",
        )
    for position, character in enumerate(code, start=1):
        if character not in ALPHABET:
            return (
                f"character {position} is {character!r}; only digits and capitals without I, O, S, V, Z are allowed",
                f"第 {position} 位是 {character!r}，只能是数字和除 I、O、S、V、Z 以外的大写字母",
            )
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return (
            f"the check character is {code[-1]!r} but the other seventeen give {expected!r}; a character is mistyped",
            f"校验位是 {code[-1]!r}，而由前十七位算得 {expected!r}，请核对每一位",
        )
    return None


def refuse_wrong_token(organisation: OrganisationKey) -> None:
    """Raises Forbidden when a token speaks for a credit code that no organisation can have."""
    found = fault(organisation.code) if organisation.scheme == SCHEME else None
    if found:
        raise Forbidden(
            f"The token's organisation code is not valid: {found[0]}",
            f"令牌中的单位代码不正确，请联系发放方：{found[1]}",
        )
