"""Whom to call: what both sides of a docking keep to themselves until both allow it to be shown."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from common.fields import Frozen, Line, form, wrong

_PHONE = form(
    r"^[0-9+][0-9 ()+-]{4,29}$",
    "give a phone number of 5 to 30 digits, blanks, brackets, + and -, such as 0532-00000000",
    "请填写 5 至 30 位的电话号码，例如 0532-00000000",
)
_EMAIL = form(
    r"^[^@\s\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,190}$",
    "give an e-mail address, such as name@example.com",
    "请填写电子邮箱，例如 name@example.com",
)


class SealedContact(Frozen):
    """A contact that only those who have the key read: the key's id, and the ciphertext."""

    key: str
    sealed: str


class Contact(Frozen):
    """Whom to call. Private: it is in no public reply, no log, and no event that an organisation can read."""

    name: Annotated[Line, Field(max_length=100)]
    phone: Annotated[str, _PHONE] | None = None
    email: Annotated[str, _EMAIL] | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.phone is None and self.email is None:
            raise wrong("give a phone number or an e-mail address", "请填写电话或电子邮箱")
        return self
