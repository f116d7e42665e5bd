"""What one run of the stack consists of: its services, their ports and environment, and where its files live."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded.ports import LOOPBACK

USUAL_HOME = Path(__file__).parents[2] / ".jingqiao"
SERVICES = ("catalog", "matcher", "notify")
PAGES = ("portal",)
"""Services without a database, migrations or background work."""

DEFAULT_PORTS = {
    "portal": 8100,
    "catalog": 8101,
    "matcher": 8102,
    "notify": 8103,
    "nats": 8104,
    "postgres": 8105,
    "issuer": 8106,
    "catalog-work": 8111,
    "matcher-work": 8112,
    "notify-work": 8113,
}
"""`<service>` is its HTTP API, `<service>-work` the health page of its background process."""

RECEIVER_PORT = 8120
"""Where the receiver of webhooks listens, which is not of the stack."""
EVERYBODY = "notify.>"
"""The NATS subjects of all organisations."""

VERBS = ("serve", "work")
SHUTDOWN_DELAY_S = "0.5"
"""No load balancer has to notice that a part stops here, clients with open connections alone."""
API_TIMEOUT_S = "60"
"""The first fit waits for the model, which is loaded when it is first asked for."""


@dataclass(frozen=True)
class Plan:
    """
    home      keeps everything between runs: databases, streams, keys, logs
    cache     converted models; may be shared by several homes
    ports     by the names of DEFAULT_PORTS
    services  packages run as `python -m <service> migrate | serve | work`
    pages     packages run as `python -m <service> serve`, which need all of the services
    prepares  those of them that also have the verb `prepare`, which fills the cache and shows its own progress
    durable   off for tests only: fast, but a power cut may lose the databases
    env       added to every service's environment
    """

    home: Path
    cache: Path
    ports: Mapping[str, int]
    services: tuple[str, ...] = SERVICES
    pages: tuple[str, ...] = PAGES
    prepares: tuple[str, ...] = ("matcher",)
    durable: bool = True
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def identities(self) -> Path:
        """Keys and credentials of the broker's users."""
        return self.home / "nats" / "identities"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def url(self, service: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[service]}"

    @property
    def urls(self) -> dict[str, str]:
        return {service: self.url(service) for service in self.services}

    @property
    def processes(self) -> tuple[str, ...]:
        """Names of the long-running service processes, `catalog-serve` first."""
        working = (f"{service}-{verb}" for service in self.services for verb in VERBS)
        return (*working, *(f"{service}-serve" for service in self.pages))

    def health_port(self, process: str) -> int:
        service, verb = process.rsplit("-", 1)
        return self.ports[service if verb == "serve" else f"{service}-work"]


def default_cache(home: Path) -> Path:
    """`~/.cache/jingqiao` where that can be written, otherwise a folder in `home`."""
    try:
        cache = Path.home() / ".cache" / "jingqiao"
        cache.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: the account has no home
        return home / "cache"
    return cache if os.access(cache, os.W_OK) else home / "cache"


def service_env(plan: Plan, database_urls: Mapping[str, str], nats_url: str, kept: Mapping[str, str]) -> dict[str, str]:
    """The settings every service reads; one environment serves all, because each variable names its service.

    `kept` comes from files of this stack: whom to trust, how to seal.
    """
    env = {"JINGQIAO_NATS_URL": nats_url, "JINGQIAO_CACHE": str(plan.cache), **kept}
    # On one machine the receivers of webhooks are on it too; no other private address is reached.
    env["NOTIFY_ALLOW_LOOPBACK"] = "true"
    # Nobody may ever ask for a fit here; a second's wait of whoever does is worth the memory of all others.
    env["MATCHER_WARM_UP"] = "false"
    if "matcher" in plan.services:
        env["CATALOG_REVIEW_URL"] = plan.url("matcher") + "/v1/demands/review"
    for service in plan.services:
        prefix = service.upper()
        env[f"{prefix}_DATABASE_URL"] = database_urls[service]
        env[f"{prefix}_PORT"] = str(plan.ports[service])
        env[f"{prefix}_SHUTDOWN_DELAY_S"] = SHUTDOWN_DELAY_S
        env[f"{prefix}_WORK_PORT"] = str(plan.ports[f"{service}-work"])
    for service in plan.pages:
        prefix = service.upper()
        env |= {f"{prefix}_{name.upper()}_URL": url for name, url in plan.urls.items()}
        env |= {f"{prefix}_{name.upper()}_WORK_URL": plan.url(f"{name}-work") for name in plan.services}
        env[f"{prefix}_PORT"] = str(plan.ports[service])
        env[f"{prefix}_SHUTDOWN_DELAY_S"] = SHUTDOWN_DELAY_S
        env[f"{prefix}_API_TIMEOUT_S"] = API_TIMEOUT_S
    return {**env, **interpreter_env(plan)}


def interpreter_env(plan: Plan) -> dict[str, str]:
    """What has to be there when a Python that runs services starts."""
    return {"PYTHONUNBUFFERED": "1", **plan.env}
