"""The keys that seal webhook secrets: a backup holds what they sealed, never the keys."""

import hashlib
import json
import os
from pathlib import Path

from common.vault import Vault
from deploy.embedded.errors import Refused

VARIABLE = "NOTIFY_SECRET_KEYS"


def present(home: Path | None) -> list[str]:
    """Those of the environment, of an embedded stack, or of a deployment's secrets.

    Raises Refused when the variable cannot be read.
    """
    if given := os.environ.get(VARIABLE):
        try:
            return [str(key) for key in json.loads(given)]
        except (ValueError, TypeError):
            raise Refused(f'{VARIABLE} must be a JSON list of keys, such as ["…"]') from None
    if home is None:
        return []
    one, several = home / "issuer" / "sealing.key", home / "notify_secret_keys"
    if several.exists():
        return [str(key) for key in json.loads(several.read_text())]
    return [one.read_text()] if one.exists() else []


def digests(keys: list[str]) -> list[str]:
    """What tells keys apart and gives none away: they are 256 random bits."""
    return [hashlib.sha256(key.encode()).hexdigest()[:16] for key in keys]


def check(wanted: list[str], home: Path | None) -> None:
    """Raises Refused when webhook secrets were sealed with keys of which none is here."""
    if wanted and not set(wanted) & set(digests(present(home))):
        raise Refused(
            f"webhook secrets in this backup are sealed with key {', '.join(wanted)} (digest), which is not here: "
            f"put it into {VARIABLE}{f' or where it was in {home}' if home is not None else ''} first. With "
            "--without-key all else is restored, and every webhook's secret must then be rotated by its owner."
        )


def unreadable(sealed: list[str], keys: list[str]) -> int:
    """How many of these sealed secrets none of the keys opens."""
    vault, count = Vault(keys), 0
    for secret in sealed:
        try:
            vault.open(secret)
        except LookupError:
            count += 1
    return count
