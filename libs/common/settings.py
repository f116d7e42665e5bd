"""Every setting of the platform and of a service, read from the environment, each with its meaning."""

import base64
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict
from sqlalchemy import make_url

from common.tracks import QINGDAO

_KEY_BYTES = 32


def _is_sealing_key(key: SecretStr) -> SecretStr:
    try:
        found = base64.urlsafe_b64decode(key.get_secret_value())
    except ValueError:
        found = b""
    if len(found) != _KEY_BYTES:
        raise ValueError("give keys as Fernet.generate_key makes them: 32 bytes in URL-safe base64")
    return key


SealingKey = Annotated[SecretStr, AfterValidator(_is_sealing_key)]
"""A key of Fernet; one that is mistyped is refused when a process starts."""


class _Files(BaseSettings):
    """Where secrets lie as files, as containers have them: JINGQIAO_SECRETS names another folder."""

    model_config = SettingsConfigDict(env_prefix="JINGQIAO_", extra="ignore")

    secrets: Path = Path("/run/secrets")


class FileSettings(BaseSettings):
    """Settings that are also looked for as files named like their variables, in any case; a variable wins."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = _Files().secrets
        files = (SecretsSettingsSource(settings_cls, folder),) if folder.is_dir() else ()
        return init_settings, env_settings, *files


class PlatformSettings(FileSettings):
    """What all services of one deployment share; variables begin with JINGQIAO_."""

    model_config = SettingsConfigDict(env_prefix="JINGQIAO_", extra="ignore")

    nats_url: str = Field("nats://127.0.0.1:4222", description="NATS server or cluster, comma separated.")
    stream_replicas: int = Field(1, ge=1, le=5, description="NATS servers that keep a new stream: 3 of a cluster of 3.")
    nats_ca: Path | None = Field(
        None,
        description="Certificates that the broker's must be signed by, a PEM file; empty means the system's. Where the "
        "address begins with tls://, nothing but TLS is used.",
    )
    jwks: str = Field(
        "",
        description="Keys that sign access tokens: an https URL or a file path. Empty where the issuer is an https "
        "URL: its /.well-known/openid-configuration then says where they are.",
    )
    issuer: str = Field("jingqiao-local", description="The `iss` an access token must carry.")
    audience: str = Field("jingqiao", description="The `aud` an access token must carry.")
    claim_scheme: str = Field(
        "org_scheme",
        description="Claim that says of which register the organisation's code is. A dot leads into an object: "
        "`organisation.scheme`.",
    )
    claim_code: str = Field("org_code", description="Claim with the organisation's code.")
    claim_name: str = Field("org_name", description="Claim with the organisation's name.")
    claim_roles: str = Field(
        "roles", description="Claim with the roles, a list or words with blanks between: `realm_access.roles`."
    )
    default_scheme: str = Field("", description="The register where a token names none: `uscc`.")
    role_names: dict[str, str] = Field(
        {},
        description="What the identity provider's roles are called here, as a JSON object: "
        '`{"qd-clerk": "publisher"}`. Roles that are not known here count for nothing.',
    )
    tracks: dict[str, str] = Field(
        QINGDAO,
        description="Future-industry tracks that demands and subscriptions may name, each with an English name, as a "
        "JSON object.",
    )
    otlp_endpoint: str = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Where spans go, by OTLP over HTTP: http://collector:4318. Empty records none. The other variables "
        "of OpenTelemetry count too.",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    cache: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "jingqiao", description="Folder for converted models."
    )


class ServerSettings(FileSettings):
    """How a service answers HTTP; variables begin with the service's name."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port of `serve`.")
    tls_certificate: Path | None = Field(
        None, description="Certificate of `serve` and `work`, a PEM file with its chain; empty means plain HTTP."
    )
    tls_key: Path | None = Field(None, description="Its private key, a PEM file.")
    body_limit_bytes: int = Field(2 * 2**20, ge=1024, description="Largest request body.")
    body_timeout_s: float = Field(
        30.0, gt=0, le=3600, description="Longest that a request body may take to arrive; files ten times as long."
    )
    head_timeout_s: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="Longest that a request's line and headers may take to arrive, and a connection to say anything.",
    )
    shutdown_delay_s: float = Field(
        5.0,
        ge=0,
        le=120,
        description="After SIGTERM `serve` answers for so long as before, but /readyz fails: load balancers look "
        "elsewhere first. The grace period of Kubernetes or Compose must exceed this and DRAIN_S together.",
    )
    drain_s: float = Field(20.0, gt=0, le=600, description="Time to finish what is in hand after that.")
    keep_alive_s: int = Field(
        75,
        ge=1,
        le=3600,
        description="An idle connection is kept this long; longer than clients (httpx 5) and proxies (60) keep theirs, "
        "or they meet a closed one.",
    )
    rate_per_organisation: int = Field(
        12_000,
        ge=0,
        le=10_000_000,
        description="Requests a minute that each process takes of one organisation, all at once or one by one; 0: "
        "no limit.",
    )
    rate_per_address: int = Field(
        30_000,
        ge=0,
        le=10_000_000,
        description="The same of one address (of IPv6: one /64), for requests without a token that is known already.",
    )
    rate_exempt: tuple[IPvAnyNetwork, ...] = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Networks whose requests count for no address, as a JSON list: the portal's and those of load "
        "balancers that do not say for whom they ask.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="What /metrics asks for as `Authorization: Bearer`, also of `work`; empty: whoever reaches the "
        "port reads them.",
    )
    platform: PlatformSettings = Field(default_factory=PlatformSettings)

    @property
    def larger_bodies(self) -> Mapping[str, int]:
        """Addresses that take more than `body_limit_bytes`, and how many bytes each."""
        return {}

    @model_validator(mode="after")
    def _a_certificate_has_its_key(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("give TLS_CERTIFICATE and TLS_KEY together, or neither")
        return self


class ServiceSettings(ServerSettings):
    """What each service with a database sets for itself."""

    work_port: int = Field(0, ge=0, le=65535, description="Port of `work` for health and metrics; 0 picks a free one.")
    docs: bool = Field(True, description="Whether /docs and /openapi.json are answered.")
    database_url: str = Field(..., description="postgresql+asyncpg://user:password@host:port/name")
    database_password: SecretStr | None = Field(
        None, description="Takes the place of the one in the address, where the two are kept apart."
    )
    database_owner_url: str = Field(
        "",
        description="The same as the role that owns the database, for `migrate` alone; empty where one role does both.",
    )
    database_tls: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = Field(
        "prefer",
        description="TLS to the database, as PostgreSQL's sslmode; only verify-full keeps out who poses as the server.",
    )
    database_ca: Path | None = Field(
        None,
        description="Certificates that the database's must be signed by, a PEM file, for verify-ca and verify-full.",
    )
    nats_credentials: Path | None = Field(
        None,
        description="Credentials file that says who the service is at the broker, as `python -m deploy.nats` makes it: "
        "each service then has an account of its own there. Empty for a broker that lets everybody in.",
    )
    secret_keys: tuple[SealingKey, ...] = Field(
        (),
        description="Fernet keys that seal contacts, imported files and kept replies in the database, the newest "
        "first; without any they are stored as they are. Matcher's include catalog's, whose contacts it is told.",
    )
    database_pool: int = Field(
        10,
        ge=2,
        le=200,
        description="Connections one process may hold; two fifths of them, at least one, for hot reads.",
    )
    queue_limit_s: float = Field(
        5.0,
        gt=0,
        le=60,
        description="Longest that a request waits for one of them; one that would wait longer is refused at once, 503.",
    )
    read_cache_mb: int = Field(
        32, ge=0, le=4096, description="Memory for replies that cannot change as long as their version stands, MiB."
    )
    connect_timeout_s: float = Field(3.0, gt=0, le=60, description="To open a database or broker connection.")
    statement_timeout_s: float = Field(10.0, gt=0, le=600, description="Longest a single SQL statement may run.")
    retention_days: int = Field(30, ge=1, description="How long sent events and seen event ids are kept.")
    lag_limit_s: float = Field(60.0, gt=0, description="Unsent events older than this make /readyz fail.")

    @model_validator(mode="after")
    def _the_password_goes_into_the_address(self) -> Self:
        if self.database_password is not None:
            url = make_url(self.database_url).set(password=self.database_password.get_secret_value())
            self.database_url = url.render_as_string(hide_password=False)
        return self

    @model_validator(mode="after")
    def _what_is_verified_has_a_measure(self) -> Self:
        if self.database_tls.startswith("verify-") != (self.database_ca is not None):
            raise ValueError("DATABASE_CA names a file with DATABASE_TLS verify-ca or verify-full, and only then")
        return self


Settings = TypeVar("Settings", bound=BaseSettings)


def from_environment(kind: type[Settings]) -> Settings:
    """The settings of a command. Exits with one line for each variable that is missing or wrong."""
    try:
        return kind()
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        lines = [f"{prefix}{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()]
        raise SystemExit("\n".join(lines)) from None
