"""Settings come from variables, and secrets from files too."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import make_url

from catalog.settings import CatalogSettings
from common.settings import PlatformSettings, ServiceSettings, from_environment
from notify.settings import NotifySettings

KEY = "9rZ6yQh3m0bQ0mS1e0Jt0q1o6m6rT5nXoV4iJ8m3b0A="


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JINGQIAO_SECRETS", str(tmp_path))
    return tmp_path


def notify(**given: str) -> NotifySettings:
    return NotifySettings.model_validate({"database_url": "postgresql+asyncpg://notify@db:5432/notify", **given})


def test_a_setting_is_read_from_a_file_of_its_name(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "NOTIFY_DATABASE_URL").write_text("postgresql+asyncpg://notify@db:5432/notify\n")
    (secrets / "notify_secret_keys").write_text(f'["{KEY}"]\n')
    monkeypatch.delenv("NOTIFY_DATABASE_URL", raising=False)
    settings = NotifySettings()
    assert settings.database_url == "postgresql+asyncpg://notify@db:5432/notify"
    assert [key.get_secret_value() for key in settings.secret_keys] == [KEY]


def test_a_variable_wins_over_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "jingqiao_issuer").write_text("from the file")
    assert PlatformSettings().issuer == "from the file"
    monkeypatch.setenv("JINGQIAO_ISSUER", "from the variable")
    assert PlatformSettings().issuer == "from the variable"


def test_a_folder_of_secrets_need_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINGQIAO_SECRETS", "/nowhere/secrets")
    assert PlatformSettings().issuer == "jingqiao-local"


def test_a_password_of_its_own_goes_into_the_address(secrets: Path) -> None:
    (secrets / "notify_database_password").write_text("p@ss/w:rd%\n")
    url = make_url(notify().database_url)
    assert (url.username, url.password, url.host, url.port) == ("notify", "p@ss/w:rd%", "db", 5432)


def test_without_one_the_address_stays_as_it_is() -> None:
    address = "postgresql+asyncpg://notify:secret@db:5432/notify?ssl=require"
    assert ServiceSettings(database_url=address).database_url == address


@pytest.mark.parametrize("key", ["short", "", "=" * 44, "é" * 44, "A" * 43])
def test_a_mistyped_key_is_refused_at_the_start_and_not_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("CATALOG_DATABASE_URL", "postgresql+asyncpg://catalog@127.0.0.1/catalog")
    monkeypatch.setenv("CATALOG_SECRET_KEYS", json.dumps([Fernet.generate_key().decode(), key]))
    with pytest.raises(SystemExit) as refused:
        from_environment(CatalogSettings)
    assert "CATALOG_SECRET_KEYS_1: " in str(refused.value)
    assert "as Fernet.generate_key makes them" in str(refused.value)
    assert key == "" or key not in str(refused.value)
