"""The language a reader asks for."""

from typing import Annotated

from fastapi import Depends, Header

from common.fields import Language


def asked_for(accept_language: str | None) -> Language | None:
    """Chinese or English, whichever the header (RFC 9110 §12.5.4) wants more; None when it wants neither.

    Of equals the first; what cannot be read is passed over.
    """
    wanted = [wish for part in (accept_language or "").split(",") if (wish := _wish(part)) is not None]
    best = max(wanted, key=lambda wish: wish[1], default=None)
    return best[0] if best else None


def _wish(part: str) -> tuple[Language, float] | None:
    name, _, quality = part.strip().lower().partition(";")
    language = name.strip().split("-")[0]
    try:
        weight = float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        return None
    if language not in ("zh", "en") or not 0 < weight <= 1:
        return None
    return ("zh" if language == "zh" else "en"), weight


async def _asked_language(
    accept_language: Annotated[
        str | None, Header(description="`zh` or `en` for reasons and hints; without it, in the language of the demand.")
    ] = None,
) -> Language | None:
    return asked_for(accept_language)


LanguageDep = Annotated[Language | None, Depends(_asked_language)]
"""The reader's language, None when the request asks for neither Chinese nor English."""
