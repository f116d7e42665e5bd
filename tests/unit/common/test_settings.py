"""Settings come from variables, and secrets from files too."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from common.settings import PlatformSettings, ServiceSettings
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
