"""Every setting of notify, read from the environment, each with its meaning."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class NotifySettings(ServiceSettings):
    """Variables begin with NOTIFY_; lists are JSON."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", extra="ignore")

    port: int = Field(8103, ge=0, le=65535, description="Port of `serve`.")
    allow_loopback: bool = Field(
        False, description="Development only: webhooks may use http, any port and loopback addresses."
    )
    webhook_ports: tuple[int, ...] = Field((443, 8443), description="Ports a webhook may name.")
    webhook_timeout_s: float = Field(10.0, gt=0, le=60, description="Whole request, from name look-up to answer.")
    webhook_concurrency: int = Field(128, ge=1, le=2000, description="Requests one process has in hand at most.")
    webhook_host_limit: int = Field(4, ge=1, le=100, description="Of these, to one host.")
    lease_s: float = Field(60.0, gt=0, le=3600, description="A delivery in hand longer than this is sent again.")
    subscriptions_limit: int = Field(20, ge=1, le=1000, description="Subscriptions one organisation may have.")
    secret_keys: tuple[SecretStr, ...] = Field(
        (),
        description="Fernet keys that seal webhook secrets in the database, the newest first; "
        "without any the secrets are stored as they are. Keys for unsubscribing links and for suppressed addresses "
        "are derived from them; without any there are none.",
    )
    public_url: str = Field(
        "", description="Where receivers reach this service, such as `https://notify.example`: unsubscribing links."
    )
    nats_keys: Path | None = Field(
        None,
        description="Folder of the broker's keys, for the verb `credentials` alone, which issues and revokes what "
        "organisations connect with; `administration` of what `python -m deploy.nats` makes.",
    )
    secret_overlap_s: float = Field(86_400.0, ge=0, description="How long a replaced secret still signs too.")
    deliveries_kept_days: int = Field(400, ge=1, description="How long settled deliveries are kept.")
    held_days: int = Field(30, ge=1, description="A delivery held by a pause for longer is abandoned.")

    @model_validator(mode="after")
    def _a_lease_outlasts_a_request(self) -> Self:
        if self.lease_s < self.webhook_timeout_s + 5:
            raise ValueError("NOTIFY_LEASE_S must be at least NOTIFY_WEBHOOK_TIMEOUT_S + 5, or requests are sent twice")
        return self
