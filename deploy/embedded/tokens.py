"""A local token issuer for one machine: it stands in for the identity provider a real deployment has."""

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from common import private_file
from common.roles import Role
from deploy.embedded.plan import Plan

AUDIENCE = "jingqiao"
ISSUER = "jingqiao-local"
ROLES: dict[str, str] = {
    Role.PUBLISHER: "publishes demands of every kind",
    Role.ENTERPRISE: "keeps capability profiles, asks for fits, publishes challenges, pilots and calls for financing",
    Role.REVIEWER: "reads the receipt of every ranking",
    Role.OPERATOR: "reads the receipt of every ranking, records and changes any organisation",
    Role.DISPATCHER: "assigns demonstration projects, assesses their milestones, passes their requests on",
    Role.SUBSIDY_OFFICER: "decides on subsidies and rewards",
    Role.LIST_EDITOR: "draws up the scenario lists of its organisation",
    Role.INVESTOR: "keeps a profile, asks to read full texts of presentations",
    Role.BROKER: "acts in dockings and transfers by a mandate",
    Role.EVALUATOR: "scores solutions where a solicitation appoints its bearer",
    Role.AUDITOR: "reads steps and receipts of everybody, changes nothing",
}
"""What each is for; docs/permissions.md has it route by route."""
A_DAY_S = 24 * 3600.0


class TokenIssuer:
    """An Ed25519 key in `folder`, made once, and the public half as a JSON Web Key Set beside it."""

    def __init__(self, folder: Path, *, issuer: str = ISSUER, audience: str = AUDIENCE) -> None:
        self.issuer = issuer
        self.audience = audience
        self.jwks = folder.resolve() / "jwks.json"
        self._key = _key(folder / "issuer.key")
        self._write_jwks()

    @property
    def settings(self) -> dict[str, str]:
        """The environment that makes a service trust these tokens."""
        return {
            "JINGQIAO_JWKS": str(self.jwks),
            "JINGQIAO_ISSUER": self.issuer,
            "JINGQIAO_AUDIENCE": self.audience,
        }

    def mint(
        self,
        scheme: str,
        code: str,
        name: str,
        roles: Sequence[str],
        *,
        lifetime_s: float = A_DAY_S,
        subject: str | None = None,
    ) -> str:
        """A bearer token for one organisation, of its first person without a `subject`. A negative lifetime makes an
        expired one."""
        if unknown := set(roles) - set(ROLES):
            raise ValueError(f"unknown roles {sorted(unknown)}; there are {', '.join(ROLES)}")
        return self.sign(
            {
                "aud": self.audience,
                "sub": subject or f"{scheme}:{code}",
                "org_scheme": scheme,
                "org_code": code,
                "org_name": name,
                "roles": list(roles),
            },
            lifetime_s=lifetime_s,
        )

    def sign(self, claims: Mapping[str, object], *, lifetime_s: float) -> str:
        """A token with these claims, beside who issued it, when, and until when it holds."""
        now = int(time.time())
        held = {"iss": self.issuer, "iat": now, "exp": int(now + lifetime_s), "jti": str(uuid.uuid4()), **claims}
        return jwt.encode(held, self._key, algorithm="EdDSA", headers={"kid": self._key_id})

    @property
    def _key_id(self) -> str:
        public = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return public.hex()[:16]

    def _write_jwks(self) -> None:
        key = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        document = {"keys": [{**key, "kid": self._key_id, "use": "sig", "alg": "EdDSA"}]}
        # Renamed into place: a service that reads at this moment sees the old set or the new one.
        partial = self.jwks.with_suffix(".partial")
        partial.write_text(json.dumps(document, indent=2))
        partial.rename(self.jwks)


def issuer_of(plan: Plan) -> TokenIssuer:
    """Of a stack: its tokens carry the address at which it is asked for them."""
    return TokenIssuer(plan.home / "issuer", issuer=plan.url("issuer"))


def _key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        private_file.write(path, _pem(Ed25519PrivateKey.generate()).decode())
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return key


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
