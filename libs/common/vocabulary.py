"""Enumerations that later versions may add words to, and that a request may give in English too."""

from enum import StrEnum
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, ValidatorFunctionWrapHandler
from pydantic import ValidationError as Invalid
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from common.fields import wrong

READING = {"reading": True}
"""The validation context of whoever reads what another service, maybe of a later version, has said."""


class Vocabulary(StrEnum):
    """A word that is not known is refused in a request and kept as it is when reading: `is_known` is then False.

    A word in Chinese has its member's name, in small letters, as its English name: 智慧港口 may be asked for as `port`.
    Replies and events always say the word itself.
    """

    @property
    def is_known(self) -> bool:
        return self._name_ in type(self).__members__

    @classmethod
    def heard(cls, word: str) -> Self:
        """The member of this value, or a word that only a later version knows, equal to itself alone."""
        for member in cls:
            if member == word:
                return member
        unknown = str.__new__(cls, word)
        unknown._name_ = unknown._value_ = word
        return unknown

    @classmethod
    def english(cls) -> dict[str, Self]:
        """The members by their English names; empty when the words are English themselves."""
        return {name.lower(): member for name, member in cls.__members__.items() if not member.isascii()}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # With a reference, documents name the vocabulary instead of repeating it wherever it is used.
        reference = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        return core_schema.with_info_wrap_validator_function(cls._understood, handler(source), ref=reference)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shown = handler(schema)
        if english := cls.english():
            described = handler.resolve_ref_schema(shown)
            names = f"A request may also say {', '.join(english)}."
            described["description"] = " ".join(filter(None, (described.get("description"), names)))
        return shown

    @classmethod
    def _understood(cls, given: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Self:
        try:
            member: Self = validate(given)
        except Invalid as error:
            if not isinstance(given, str):
                raise
            if info.context == READING:
                return cls.heard(given)
            if given in cls.english():
                return cls.english()[given]
            raise cls._none_of_these() or error from error
        return member

    @classmethod
    def _none_of_these(cls) -> Exception | None:
        if not (english := cls.english()):
            return None
        pairs = [f"{member} ({name})" for name, member in english.items()]
        return wrong(f"give one of {', '.join(pairs)}", f"请填写其中之一：{'、'.join(map(str, english.values()))}")
