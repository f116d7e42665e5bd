"""Bodies that an OpenAPI document takes: of each operation the plainest, and what texts it holds."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Pointer = tuple[str | int, ...]
TEXT = "按规定办理"
_BY_FORMAT = {
    "uuid": "00000000-0000-7000-8000-000000000007",
    "date": "2030-01-31",
    "date-time": "2030-01-31T09:00:00Z",
    "uri": "https://example.com/",
}


class Bodies:
    """Of one document."""

    def __init__(self, document: Schema) -> None:
        self._schemas: Schema = document["components"]["schemas"]
        self._operations = {
            operation["operationId"]: operation
            for methods in document["paths"].values()
            for operation in methods.values()
        }

    def schema(self, operation: str) -> Schema | None:
        """Of its JSON body; None where it takes none."""
        content = self._operations[operation].get("requestBody", {}).get("content", {})
        found: Schema | None = content.get("application/json", {}).get("schema")
        return found

    def plainest(self, operation: str) -> Any:
        """With what has to be there and nothing else; what the schema cannot say may still be wrong with it."""
        schema = self.schema(operation)
        return None if schema is None else self._value(schema, depth=0)

    def whole(self, operation: str) -> Any:
        """With every field, so that each can be tried."""
        schema = self.schema(operation)
        return None if schema is None else self._value(schema, depth=0, is_whole=True)

    def _value(self, schema: Schema, depth: int, is_whole: bool = False) -> Any:
        schema = self._resolved(schema)
        for given in (schema.get("examples"), schema.get("enum")):
            if given and not (is_whole and isinstance(given[0], dict)):
                return given[0]
        if "const" in schema:
            return schema["const"]
        match schema.get("type"):
            case "object":
                return self._object(schema, depth, is_whole)
            case "array":
                count = max(schema.get("minItems", 0), int(is_whole and depth < 3))
                return [self._value(schema.get("items", {}), depth + 1, is_whole) for _ in range(count)]
            case "string":
                text: str = _BY_FORMAT.get(schema.get("format", ""), TEXT)
                return text if "format" in schema else text.ljust(schema.get("minLength", 0), "甲")
            case "integer" | "number":
                return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        return None

    def _object(self, schema: Schema, depth: int, is_whole: bool) -> dict[str, Any]:
        fields: Schema = schema.get("properties", {})
        wanted = fields if is_whole and depth < 3 else schema.get("required", ())
        return {name: self._value(fields[name], depth + 1, is_whole) for name in wanted}

    def _resolved(self, schema: Schema) -> Schema:
        while True:
            if "$ref" in schema:
                schema = self._schemas[schema["$ref"].rpartition("/")[2]]
            elif several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                schema = next((one for one in several if one.get("type") != "null"), several[0])
            else:
                return schema


def texts(body: Any, at: Pointer = ()) -> Iterator[Pointer]:
    """Where a body holds texts."""
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, part in parts:
        yield from [(*at, key)] if isinstance(part, str) else texts(part, (*at, key))


def with_text(body: Any, at: Pointer, text: str) -> Any:
    """The body with another text in one place; what else it holds is shared with it."""
    key, *rest = at
    copied: Any = dict(body) if isinstance(body, dict) else list(body)
    copied[key] = with_text(body[key], tuple(rest), text) if rest else text
    return copied
