"""Every setting of notify, read from the environment, each with its meaning."""

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from common.settings import SealingKey, ServiceSettings
from notify.channels.rules import MAILBOX


class NotifySettings(ServiceSettings):
    """Variables begin with NOTIFY_; lists are JSON."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_", extra="ignore")

    port: int = Field(8103, ge=0, le=65535, description="Port of `serve`.")
    allow_loopback: bool = Field(
        False, description="Development only: webhooks may use http, any port and loopback addresses."
    )
    webhook_ports: tuple[int, ...] = Field((443, 8443), description="Ports a webhook may name.")
    webhook_timeout_s: float = Field(10.0, gt=0, le=60, description="Whole request, from name look-up to answer.")
    webhook_concurrency: int = Field(128, ge=1, le=2000, description="Requests a channel has in hand at most.")
    webhook_host_limit: int = Field(4, ge=1, le=100, description="Of these, what one organisation has on one host.")
    webhook_organisation_limit: int = Field(
        32, ge=1, le=2000, description="Of these, what one organisation has in hand on all hosts together."
    )
    webhook_per_minute: int = Field(
        0,
        ge=0,
        le=60_000,
        description="Requests a minute to one host by one organisation at most; 0: no limit.",
    )
    failing_count: int = Field(
        20, ge=1, le=100_000, description="Attempts in a row that fail before a webhook is paused."
    )
    failing_s: float = Field(
        86_400.0, ge=0, description="For how long they must have failed, too, from the first on, before it is paused."
    )
    dingtalk_url: str = Field(
        "https://oapi.dingtalk.com/robot/send", description="Where DingTalk's robots are written to."
    )
    wecom_url: str = Field(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", description="Where WeCom's robots are written to."
    )
    feishu_url: str = Field(
        "https://open.feishu.cn/open-apis/bot/v2/hook",
        description="Where Feishu's robots are written to; Lark's are at open.larksuite.com.",
    )
    smtp_host: str = Field("", description="Server that takes our mail; without one nobody can subscribe by e-mail.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port: 587 with STARTTLS, 465 with TLS, usually.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`none` is for a server on this machine or network that takes mail without a password."
    )
    smtp_ca: Path | None = Field(
        None, description="Certificates that its own must be signed by, a PEM file; empty means the system's."
    )
    smtp_user: str = Field("", description="Who logs in there; empty for a server that asks for no login.")
    smtp_password: SecretStr | None = Field(None, description="The password of that user.")
    smtp_sender: str = Field(
        "", description="From whom mail comes, such as `notify@city.example`; its domain is in every message id."
    )
    smtp_timeout_s: float = Field(30.0, gt=0, le=300, description="Whole conversation about one mail.")
    smtp_connections: int = Field(4, ge=1, le=100, description="Mails one process hands over at once.")
    notice_link: str = Field(
        "",
        description="Where a message to a person leads, with `{topic}` and `{id}` in it, such as "
        "`https://portal.example/{topic}/{id}`; empty for no link.",
    )
    stream_limit: int = Field(
        20, ge=1, le=1000, description="Streams of one organisation that one process of `serve` keeps open."
    )
    stream_heartbeat_s: float = Field(
        10.0,
        gt=0,
        le=300,
        description="A stream on which nothing happens says so this often; proxies close silent ones.",
    )
    lease_s: float = Field(60.0, gt=0, le=3600, description="A delivery in hand longer than this is sent again.")
    subscriptions_limit: int = Field(20, ge=1, le=1000, description="Subscriptions one organisation may have.")
    secret_keys: tuple[SealingKey, ...] = Field(
        (),
        description="Fernet keys that seal secrets of webhooks and robots in the database, the newest first; "
        "without any the secrets are stored as they are. Keys for links in mails and for suppressed addresses "
        "are derived from them; without any there are none.",
    )
    public_url: str = Field(
        "", description="Where receivers reach this service, such as `https://notify.example`: links in mails."
    )
    nats_keys: Path | None = Field(
        None,
        description="Folder of the broker's keys, for the verb `credentials` alone, which issues and revokes what "
        "organisations connect with; `administration` of what `python -m deploy.nats` makes.",
    )
    secret_overlap_s: float = Field(86_400.0, ge=0, description="How long a replaced secret still signs too.")
    deliveries_kept_days: int = Field(400, ge=1, description="How long settled deliveries are kept.")
    attempts_kept_days: int = Field(
        90, ge=1, description="How long attempts are kept, with the beginning of what receivers answered."
    )
    held_days: int = Field(30, ge=1, description="A delivery held by a pause for longer is abandoned.")

    @model_validator(mode="after")
    def _a_lease_outlasts_a_request(self) -> Self:
        longest_s = max(self.webhook_timeout_s, self.smtp_timeout_s if self.smtp_host else 0.0)
        if self.lease_s < longest_s + 5:
            raise ValueError(
                "NOTIFY_LEASE_S must be at least NOTIFY_WEBHOOK_TIMEOUT_S and NOTIFY_SMTP_TIMEOUT_S + 5, "
                "or deliveries are sent twice"
            )
        return self

    @model_validator(mode="after")
    def _mail_can_be_answered_for(self) -> Self:
        if not self.smtp_host:
            return self
        if not (self.smtp_sender and self.public_url and self.secret_keys):
            raise ValueError("NOTIFY_SMTP_HOST needs NOTIFY_SMTP_SENDER, NOTIFY_PUBLIC_URL and NOTIFY_SECRET_KEYS too")
        if not re.fullmatch(MAILBOX, self.smtp_sender):
            raise ValueError("NOTIFY_SMTP_SENDER is an address such as notify@city.example")
        if self.smtp_user and self.smtp_tls == "none":
            raise ValueError("with NOTIFY_SMTP_TLS none the password of NOTIFY_SMTP_USER could be read on the way")
        return self
