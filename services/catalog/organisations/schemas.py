"""What an organisation looks like over HTTP."""

from pydantic import ConfigDict
from pydantic.config import JsonDict

from catalog.organisations.models import OrganisationKind
from common.fields import Division, Frozen, Moment, OrganisationKey, SeenLine

_EXAMPLE: JsonDict = {"name": "青岛港（示例）", "kind": "soe", "division": "370211"}


class OrganisationIn(Frozen):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: SeenLine
    kind: OrganisationKind
    division: Division | None = None


class OrganisationOut(OrganisationKey):
    name: str
    kind: OrganisationKind
    division: str | None
    created_at: Moment
    updated_at: Moment
