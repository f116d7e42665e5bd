"""The secret keys with which credentials are issued and revoked, as `python -m deploy.nats` leaves them in a folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from common.errors import Unavailable
from common.nats_accounts import ORGANISATIONS
from common.nats_claims import Claims, Holder, Key, credentials, signed


@dataclass(frozen=True)
class BrokerKeys:
    """
    account   public key of the account of all organisations
    signing   signs its users, who get the permissions that the account's claims bind to this key, whatever it signs
    operator  signs the account's claims
    system    credentials file of the user that may replace claims at servers
    """

    account: str
    signing: Key
    operator: Key
    system: Path

    @classmethod
    def read(cls, folder: Path) -> "BrokerKeys":
        """Raises Unavailable when files are missing."""
        try:
            issuer = json.loads((folder / "organisations.json").read_text())
            operator = Key((folder / "operator.nk").read_text().strip())
        except OSError as error:
            raise Unavailable(f"NOTIFY_NATS_KEYS: cannot read {error.filename}") from error
        return cls(issuer["account"], Key(issuer["seed"]), operator, folder / "system.creds")

    def issue(self, user: str, at: datetime) -> tuple[str, str]:
        """A new public key for `user`, and the credentials file to hand to who will use it."""
        key = Key.new(Holder.USER)
        # Empty permissions: those of the signing key's template hold.
        claims = {"pub": {}, "sub": {}, "type": "user", "version": 2, "issuer_account": self.account}
        return key.public, credentials(signed(self.signing, key.public, user, claims, at=at), key)

    def revoking(self, present: Claims, revoked: Mapping[str, datetime], at: datetime) -> str:
        """The account's claims as they are, and these public keys revoked."""
        moments = {public: int(moment.timestamp()) for public, moment in revoked.items()}
        claims = {**present, "revocations": {**present.get("revocations", {}), **moments}}
        return signed(self.operator, self.account, ORGANISATIONS, claims, at=at)
