"""The CloudEvents 1.0 envelope that every event travels in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from common.fields import Frozen, Moment
from common.vocabulary import READING

FAULTS_NAMED = 5


class Unreadable(ValueError):
    """An event that this release cannot read. Its text names fields and kinds of faults, never what the event says."""


@contextmanager
def being_read() -> Iterator[None]:
    """Around the reading of an event: what does not validate is Unreadable, which is no fault of the reader's."""
    try:
        yield
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        named = [f"{'.'.join(map(str, fault['loc'])) or 'event'}: {fault['type']}" for fault in faults[:FAULTS_NAMED]]
        more = [f"and {len(faults) - FAULTS_NAMED} more"] if len(faults) > FAULTS_NAMED else []
        # Without its cause: that quotes the event.
        raise Unreadable("; ".join([*named, *more])) from None


class TolerantModel(Frozen):
    """What one service tells the others. It is written exactly, unknown fields refused, and read with `read`."""

    @classmethod
    def read(cls, said: object) -> Self:
        """From JSON as text, its object, or a row that holds it. Fields that are not known yet, at any depth, are left
        aside, and words that are not known are kept as they are: a later version added them, and means nothing else by
        those that are known."""
        if isinstance(said, str):
            return cls.model_validate_json(said, extra="ignore", context=READING)
        return cls.model_validate(said, extra="ignore", context=READING)


class Event(TolerantModel):
    """What happened, in the past tense, with the full state after it.

    A subclass names its CloudEvents `type` and the `stream` that keeps it; `subject()` is the NATS subject.
    """

    type: ClassVar[str]
    stream: ClassVar[str]
    address: ClassVar[str]
    """The pattern of `subject()`; the type itself unless the class says otherwise."""
    parameters: ClassVar[dict[str, str]] = {}
    """What each `{name}` in the address stands for."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "type" in vars(cls) and "address" not in vars(cls):
            cls.address = cls.type

    @classmethod
    def source(cls) -> str:
        """CloudEvents `source`."""
        return f"/jingqiao/{cls.stream.lower()}"

    def subject(self) -> str:
        return self.type

    def about(self) -> str:
        """The id of the thing the event is about: CloudEvents `subject`."""
        raise NotImplementedError

    def enveloped(self, event_id: UUID, at: Moment, correlation_id: str | None) -> "Envelope":
        return Envelope(
            id=event_id,
            source=self.source(),
            type=self.type,
            subject=self.about(),
            time=at,
            correlationid=correlation_id,
            data=self.model_dump(mode="json"),
        )


class Envelope(BaseModel):
    """CloudEvents 1.0, structured JSON mode (content type application/cloudevents+json)."""

    model_config = ConfigDict(extra="allow")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: Moment
    datacontenttype: Literal["application/json"] = "application/json"
    correlationid: str | None = None
    data: dict[str, Any]

    def with_data(self, data: str) -> str:
        """As JSON, with data that are JSON already in place of its own."""
        return f'{self.model_dump_json(exclude={"data"}, exclude_none=True)[:-1]},"data":{data}}}'
