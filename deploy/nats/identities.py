"""Keys, credentials and account claims of one deployment, made once in a folder and kept there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from common import private_file
from common.nats_accounts import ORGANISATIONS
from common.nats_claims import Claims, Holder, Key, Permissions, claims_of, credentials, signed, token_in, user
from deploy.nats import accounts
from deploy.nats.accounts import SERVICES, SYSTEM

NAMES = (SYSTEM, *(service.upper() for service in SERVICES), ORGANISATIONS)


@dataclass(frozen=True)
class Identities:
    """
    In `folder`:

    keys/           secret keys of the operator and of every account; needed to make or revoke, not to serve
    credentials/    <service>.creds for each service, <service>-operator.creds for who looks after its stream
    administration/ what `python -m notify credentials` needs: it issues and revokes organisations' credentials
    claims/         the accounts' claims, as servers get them
    """

    folder: Path

    def credentials(self, name: str) -> Path:
        return self.folder / "credentials" / f"{name}.creds"

    @property
    def administration(self) -> Path:
        return self.folder / "administration"

    def make(self, at: datetime, *, resolved: Path | None = None) -> dict[str, object]:
        """The part of a server's configuration that says whom it trusts. What exists already is kept.

        `resolved` is the folder in which a server keeps the claims that it was sent: revocations in them are kept, too.
        """
        operator = self._key("operator", Holder.OPERATOR)
        keys = {name: self._key(name.lower(), Holder.ACCOUNT) for name in NAMES}
        signing = self._key("organisations-signing", Holder.ACCOUNT)
        claims = _claims({name: key.public for name, key in keys.items()}, signing.public)
        tokens = {
            name: self._token(operator, keys[name], name, _with_revocations(claims[name], keys[name], resolved), at)
            for name in NAMES
        }
        self._write_credentials(keys, at)
        self._write_administration(operator, keys, signing, at)
        system = keys[SYSTEM].public
        trust = signed(operator, operator.public, "jingqiao", _operator_claims(system), at=at)
        return {
            "operator": trust,
            "system_account": system,
            "resolver_preload": {keys[name].public: token for name, token in tokens.items()},
        }

    def _key(self, name: str, kind: Holder) -> Key:
        path = self.folder / "keys" / f"{name}.nk"
        if not path.exists():
            private_file.write(path, Key.new(kind).seed)
        return Key(path.read_text().strip())

    def _token(self, operator: Key, key: Key, name: str, claims: Claims, at: datetime) -> str:
        """The account's claims, signed; as they were when they say the same, for a server takes only newer ones."""
        path = self.folder / "claims" / f"{name}.jwt"
        if path.exists() and claims_of(path.read_text())["nats"] == claims:
            return path.read_text()
        private_file.write(path, signed(operator, key.public, name, claims, at=at))
        return path.read_text()

    def _write_credentials(self, keys: Mapping[str, Key], at: datetime) -> None:
        for service in SERVICES:
            account = keys[service.upper()]
            self._write_user(account, service, accounts.service_permissions(service), at)
            self._write_user(account, accounts.operator_of(service), accounts.operator_permissions(service), at)

    def _write_user(self, account: Key, name: str, allowed: Permissions, at: datetime) -> None:
        path = self.credentials(name)
        if not path.exists() or not _says(path.read_text(), user(allowed)):
            key = Key.new(Holder.USER)
            private_file.write(path, credentials(signed(account, key.public, name, user(allowed), at=at), key))

    def _write_administration(self, operator: Key, keys: Mapping[str, Key], signing: Key, at: datetime) -> None:
        key = Key.new(Holder.USER)
        path = self.administration / "system.creds"
        if not path.exists():
            claims = user(accounts.SYSTEM_PERMISSIONS)
            private_file.write(path, credentials(signed(keys[SYSTEM], key.public, "system", claims, at=at), key))
        issuer = {"account": keys[ORGANISATIONS].public, "seed": signing.seed}
        private_file.write(self.administration / "organisations.json", json.dumps(issuer))
        private_file.write(self.administration / "operator.nk", operator.seed)


def _claims(publics: Mapping[str, str], signing_key: str) -> dict[str, Claims]:
    services = {service.upper(): accounts.service_account(service, publics) for service in SERVICES}
    return {
        SYSTEM: accounts.system_account(),
        **services,
        ORGANISATIONS: accounts.organisations_account(publics, signing_key),
    }


def _operator_claims(system: str) -> Claims:
    return {"type": "operator", "version": 2, "system_account": system}


def _with_revocations(claims: Claims, key: Key, resolved: Path | None) -> Claims:
    path = resolved / f"{key.public}.jwt" if resolved else None
    if path is None or not path.exists():
        return claims
    revoked = claims_of(path.read_text())["nats"].get("revocations")
    return {**claims, "revocations": revoked} if revoked else claims


def _says(file: str, claims: Claims) -> bool:
    """Whether a credentials file already gives these permissions."""
    held: Claims = claims_of(token_in(file))["nats"]
    return held == claims


def resolver(folder: str) -> dict[str, object]:
    """The server keeps every account's claims in `folder`, and takes newer ones while it runs."""
    return {"type": "full", "dir": folder, "allow_delete": False}
