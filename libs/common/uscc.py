"""The unified social credit code (GB 32100-2015): eighteen characters, the last a check."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = len(WEIGHTS) + 1


def check_character(first_seventeen: str) -> str:
    """The check character for the first seventeen; ValueError when one is not in the alphabet."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def fault(code: str) -> str | None:
    """What is wrong with a code, as a sentence, or None when it is valid."""
    if len(code) != LENGTH:
        return f"a unified social credit code has {LENGTH} characters, this has {len(code)}"
    for position, character in enumerate(code, start=1):
        if character not in ALPHABET:
            return f"character {position} is {character!r}; only digits and capitals without I, O, S, V, Z are allowed"
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return f"the check character is {code[-1]!r} but the other seventeen give {expected!r}; a character is mistyped"
    return None
