"""What signing keys look like over HTTP."""

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from common.contracts.words import SigningKeyState
from common.fields import Frozen, Moment, OrganisationKey

EXAMPLE: JsonDict = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


class SigningKeyIn(Frozen):
    """A public key as a JWK (RFC 8037). The private one stays where it was made: what has a member `d` is refused."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str = Field(max_length=64, description="The 32 bytes of the key, base64url without padding.")


class SigningKeyOut(Frozen):
    """A key, as everyone reads it."""

    id: UUID
    version: int
    state: SigningKeyState
    owner: OrganisationKey = Field(validation_alias="owner_key")
    owner_name: str
    key_id: str = Field(description="Its thumbprint, RFC 7638.")
    x: str
    revoked_at: Moment | None
    state_reason: str | None
    created_at: Moment
    updated_at: Moment


class JsonWebKey(Frozen):
    """An Ed25519 public key (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    kid: str
    x: str


class RevokedKey(Frozen):
    """A key that nothing may be trusted by."""

    kid: str
    revoked_at: Moment
    reason: str


class KeySetOut(Frozen):
    """A JWK Set (RFC 7517). `keys` are those to check signatures with, retired ones too; `revoked`, which other readers
    leave aside, says which no longer are among them."""

    keys: tuple[JsonWebKey, ...]
    revoked: tuple[RevokedKey, ...]
