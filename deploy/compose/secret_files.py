"""Makes the secrets of a deployment: random, once, in files that only this account can reach."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def _password() -> str:
    return secrets.token_urlsafe(24)


def _sealing_keys() -> str:
    """A JSON list of one Fernet key: 32 random bytes in URL-safe base64."""
    return json.dumps([base64.urlsafe_b64encode(os.urandom(32)).decode()])


MADE: dict[str, Callable[[], str]] = {
    "postgres_password": _password,
    "catalog_database_password": _password,
    "catalog_owner_password": _password,
    "matcher_database_password": _password,
    "matcher_owner_password": _password,
    "notify_database_password": _password,
    "notify_owner_password": _password,
    # One list for catalog and matcher: the one seals contacts that the other opens.
    "contact_keys": _sealing_keys,
    "notify_secret_keys": _sealing_keys,
    # Until the mail server's own stands there: without NOTIFY_SMTP_USER nobody reads it.
    "notify_smtp_password": _password,
    "portal_session_keys": _sealing_keys,
    # Until the identity provider's own stands there.
    "portal_client_secret": _password,
    "grafana_admin_password": _password,
}


def ensure(folder: Path) -> list[str]:
    """Makes what is missing and returns its names; what is there is kept, since the databases know it.

    The folder is closed to everybody else (700), and so are the files in it, whatever their own mode. That is 444:
    Compose mounts a file as it is, and each image reads it under an account of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = [name for name in MADE if not (folder / name).exists()]
    for name in made:
        _write(folder / name, MADE[name]())
    # Whom to trust: nobody, until an issuer of trial tokens or JWKS says otherwise.
    if not (folder / "jwks.json").exists():
        _write(folder / "jwks.json", '{"keys": []}')
    return made


def open_to_containers(folder: Path) -> None:
    """Lets each container read the files of the broker's identities that are mounted into it."""
    for path in (folder / "accounts.conf", *(folder / "credentials").glob("*.creds")):
        path.chmod(0o444)


def _write(path: Path, text: str) -> None:
    """Whole or absent: an interrupted first start leaves no empty password."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    partial.write_text(text)
    partial.chmod(0o444)
    partial.rename(path)
