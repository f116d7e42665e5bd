"""Every setting of the portal, read from the environment, each with its meaning."""

from collections.abc import Mapping

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from common.settings import ServerSettings

MIB = 2**20
WORK = "Where its background process tells how it is, for operators, with METRICS_TOKEN; empty: they are not told."
FORM_BYTES = 64 * 1024
"""What stands around a file in its form, at most."""


class PortalSettings(ServerSettings):
    """Variables begin with PORTAL_; lists are JSON."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    port: int = Field(8100, ge=0, le=65535, description="Port of `serve`.")
    url: str = Field(
        "", description="How people reach the portal, such as https://jingqiao.example; empty: as each request says."
    )
    catalog_url: str = Field("http://127.0.0.1:8101", description="Where the catalog's API is.")
    matcher_url: str = Field("http://127.0.0.1:8102", description="Where the matcher's API is.")
    notify_url: str = Field("http://127.0.0.1:8103", description="Where notify's API is.")
    catalog_work_url: str = Field("http://127.0.0.1:8111", description=WORK)
    matcher_work_url: str = Field("http://127.0.0.1:8112", description=WORK)
    notify_work_url: str = Field("http://127.0.0.1:8113", description=WORK)
    client_id: str = Field("portal", description="By which the identity provider knows the portal.")
    client_secret: SecretStr = Field(SecretStr(""), description="What proves it there.")
    session_keys: tuple[SecretStr, ...] = Field(
        (),
        description="Fernet keys that seal sessions in cookies, the newest first; without any, one is made at each "
        "start, and everybody has to log in again after it.",
    )
    session_s: int = Field(8 * 3600, ge=60, le=7 * 86_400, description="A session ends so long after the login.")
    api_timeout_s: float = Field(10.0, gt=0, le=60, description="Longest that a page waits for one API.")
    import_limit_mb: int = Field(
        20, ge=1, le=200, description="As CATALOG_IMPORT_LIMIT_MB: the largest spreadsheet that is uploaded, MiB."
    )
    review_required: bool = Field(
        False, description="As CATALOG_REVIEW_REQUIRED: whether a reviewer publishes demands, and not their owner."
    )

    @property
    def larger_bodies(self) -> Mapping[str, int]:
        return {"/imports": self.import_limit_mb * MIB + FORM_BYTES}

    @property
    def apis(self) -> dict[str, str]:
        """Where each API is, by the name of its service."""
        return {"catalog": self.catalog_url, "matcher": self.matcher_url, "notify": self.notify_url}

    @property
    def work(self) -> dict[str, str]:
        """Where the background process of each service tells how it is."""
        return {"catalog": self.catalog_work_url, "matcher": self.matcher_work_url, "notify": self.notify_work_url}
