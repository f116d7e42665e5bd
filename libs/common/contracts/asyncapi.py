"""The AsyncAPI 3.0 document of all events, generated from their classes."""

from typing import Any

from common.contracts.envelope import Envelope, Event
from common.contracts.events import EVENTS

CONTENT_TYPE = "application/cloudevents+json"
_REF = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """The whole document; equal for equal event classes, so that it can be kept and compared."""
    schemas: dict[str, Any] = {}
    messages = {event.__name__: _message(event, schemas) for event in EVENTS}
    channels = {event.type: _channel(event) for event in EVENTS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Jingqiao events",
            "version": "0.1.0",
            "description": "CloudEvents 1.0 in structured JSON mode on NATS JetStream. Delivered at least once: "
            "drop an `id` seen before, and a `version` older than the one you hold. Ignore fields that you do not "
            "know and keep words that you do not know: a later version may add some, and changes the meaning of none.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": channels,
        "operations": {f"send{event.__name__}": _operation(event) for event in EVENTS},
        "components": {"messages": messages, "schemas": schemas},
    }


def _message(event: type[Event], schemas: dict[str, Any]) -> dict[str, Any]:
    data = event.model_json_schema(ref_template=_REF, mode="serialization")
    schemas.update(data.pop("$defs", {}))
    schemas[event.__name__] = data
    for schema in schemas.values():
        # Who writes adds neither, but who checks with this document must not refuse those of a later version.
        schema.pop("additionalProperties", None)
        if "enum" in schema:
            schema["examples"] = schema.pop("enum")
    envelope = Envelope.model_json_schema(ref_template=_REF, mode="serialization")
    envelope["properties"]["type"] = {"const": event.type}
    envelope["properties"]["data"] = {"$ref": _REF.format(model=event.__name__)}
    return {
        "name": event.type,
        "contentType": CONTENT_TYPE,
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "payload": envelope,
    }


def _channel(event: type[Event]) -> dict[str, Any]:
    message = {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}}
    channel: dict[str, Any] = {"address": event.address, "messages": message}
    if event.parameters:
        channel["parameters"] = {name: {"description": text} for name, text in event.parameters.items()}
    return channel


def _operation(event: type[Event]) -> dict[str, Any]:
    # A dot in a key of `channels` is allowed; in a JSON Pointer it needs no escape.
    channel = f"#/channels/{event.type}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event.__name__}"}],
    }
