"""The forms in which a published list is handed out, and which of them a reader gets."""

from collections.abc import Callable
from typing import NamedTuple

from catalog.lists.exports import docx, jsonld, ocds, xlsx
from catalog.lists.exports.edition import PublishedEdition
from common.errors import NotAcceptable

_OFFICE = "application/vnd.openxmlformats-officedocument"


class Form(NamedTuple):
    """`name` is what `format` asks for, `media_type` what Accept may; two forms are JSON, and Accept gets the first."""

    name: str
    media_type: str
    ending: str
    render: Callable[[PublishedEdition], bytes]


FORMS = (
    Form("json", "application/json", "json", lambda edition: edition.content),
    Form("jsonld", "application/ld+json", "jsonld", jsonld.render),
    Form("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "xlsx", xlsx.render),
    Form("docx", f"{_OFFICE}.wordprocessingml.document", "docx", docx.render),
    Form("ocds", "application/json", "ocds.json", ocds.render),
)


BY_NAME = {form.name: form for form in FORMS}
BY_ENDING = {form.ending: form for form in FORMS}


def accepted(accept: str | None) -> Form:
    """What a reader likes best, by RFC 9110 §12.5.1; of forms liked as much the first. Raises NotAcceptable."""
    liked = [(_liking(accept or "*/*", form.media_type), -place) for place, form in enumerate(FORMS)]
    quality, place = max(liked)
    if quality <= 0:
        names = ", ".join(dict.fromkeys(form.media_type for form in FORMS))
        raise NotAcceptable(
            f"A list is handed out as {names}; or name a format: {', '.join(form.name for form in FORMS)}",
            f"清单可导出为 {names}；也可用 format 指定：{'、'.join(form.name for form in FORMS)}",
        )
    return FORMS[-place]


def _liking(accept: str, media_type: str) -> float:
    """0 … 1; of several ranges that a type is in, the most exact one says how much it is liked."""
    found: dict[int, float] = {}
    for one in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in one.split(";"))
        exactness = {media_type: 2, f"{media_type.partition('/')[0]}/*": 1, "*/*": 0}.get(kind)
        if exactness is not None:
            found[exactness] = max(_quality(parameters), found.get(exactness, 0.0))
    return found[max(found)] if found else 0.0


def _quality(parameters: list[str]) -> float:
    for name, _, value in (one.partition("=") for one in parameters):
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
