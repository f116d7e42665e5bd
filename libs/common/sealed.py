"""Columns that are sealed in the database and plain in memory, and the vault of each database."""

from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from common.vault import Vault

_VAULTS: WeakKeyDictionary[Dialect, Vault] = WeakKeyDictionary()
"""By the dialect, which is all that a column's type knows of its engine; each engine has one of its own."""
_NO_KEYS = Vault(())


def use(engine: AsyncEngine, vault: Vault) -> None:
    """Have the engine's sealed columns sealed and opened by `vault`."""
    _VAULTS[engine.dialect] = vault


def vault_of(session: AsyncSession) -> Vault:
    """For what goes past the columns' types: COPY, JSON selected as text, and events."""
    return _VAULTS.get(session.get_bind().dialect, _NO_KEYS)


class Sealed(TypeDecorator[Any]):
    """What every sealed column is; reading raises LookupError when the key that sealed it is not in the settings."""

    def seal(self, vault: Vault, plain: Any) -> Any:
        raise NotImplementedError

    def open(self, vault: Vault, stored: Any) -> Any:
        raise NotImplementedError

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.seal(_VAULTS.get(dialect, _NO_KEYS), value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self.open(_VAULTS.get(dialect, _NO_KEYS), value)


class _AnyJson(Sealed):
    def seal(self, vault: Vault, plain: Any) -> Any:
        return vault.seal_json(plain)

    def open(self, vault: Vault, stored: Any) -> Any:
        return vault.open_json(stored)


class SealedJson(_AnyJson):
    """JSON that is private, as a JSON object of a key's id and the ciphertext."""

    impl = JSONB(none_as_null=True)
    cache_ok = True


class SealedJsonText(_AnyJson):
    """The same where the column's type is `json`, which is kept as it was written."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class SealedText(Sealed):
    """Text of JSON."""

    impl = Text
    cache_ok = True

    def seal(self, vault: Vault, plain: str) -> str:
        return vault.seal_text(plain)

    def open(self, vault: Vault, stored: str) -> str:
        return vault.open_text(stored)


class SealedBytes(Sealed):
    """The content of a file."""

    impl = LargeBinary
    cache_ok = True

    def seal(self, vault: Vault, plain: bytes) -> bytes:
        return vault.seal_bytes(plain)

    def open(self, vault: Vault, stored: bytes) -> bytes:
        return vault.open_bytes(stored)
