"""The settings of the matcher, read from variables that begin with MATCHER_."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.imports.settings import ImportSettings
from common.settings import FileSettings, PlatformSettings, ServiceSettings
from matcher.engine.embedding import EngineName


class EngineSettings(FileSettings):
    """How texts are embedded; all that commands without a database need."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_", extra="ignore")

    engine: EngineName = Field("ctranslate2", description="Embedding engine of a new deployment, and of `reindex`.")
    model: str | None = Field(
        None,
        description="A sentence-transformers folder, or a hub name for that engine; empty means the bundled model.",
    )
    threads: int = Field(1, ge=1, le=256, description="Processor threads one process may keep busy with embedding.")
    verifier: bool = Field(
        True,
        description="Withhold verdicts that the learned verifier does not confirm: fewer are decided, more are right. "
        "It takes 65 MB.",
    )
    platform: PlatformSettings = Field(default_factory=PlatformSettings)


class MatcherSettings(ImportSettings, EngineSettings, ServiceSettings):
    """What `serve` and `work` need as well."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_", extra="ignore")

    port: int = Field(8102, ge=0, le=65535, description="Port of `serve`.")
    warm_up: bool = Field(
        True,
        description="`serve` and `work` load the model (550 MB) when they start; off, when it is first needed, and "
        "/readyz knows only then whether that could be done.",
    )
    threshold: int | None = Field(
        None, ge=0, le=100, description="Least fit of a match; empty means the ranker's own, which comes from its data."
    )
    exploration_share: float = Field(
        0.0,
        ge=0,
        le=0.2,
        description="Of a demand's matches, how many that just missed are shown too, to learn from; 0 shows none.",
    )
    match_limit: int = Field(30, ge=1, le=500, description="Matches one ranking may announce.")
    candidates: int = Field(200, ge=10, le=2000, description="Length of each list that candidates are fused from.")
    considered: int = Field(200, ge=10, le=5000, description="Fused candidates that are scored in full.")
    exact_below: int = Field(20_000, ge=0, description="Vectors up to which searching without an index is quicker.")
    index_memory_mb: int = Field(512, ge=64, le=1_000_000, description="PostgreSQL memory for building one index, MiB.")
    ef_search: int = Field(1000, ge=10, le=1000, description="Breadth of an index search; more finds more, slower.")
    probe_every_s: float = Field(
        3600.0, gt=0, description="Seconds between measurements of what searches by index find of the nearest."
    )
    contact_days: int = Field(
        730, ge=1, description="How long contacts that two sides shared are kept after their docking ended."
    )
    receipt_days: int = Field(365, ge=1, description="How long receipts are kept that no match rests on.")
    exposure_least: int = Field(
        5, ge=2, le=1000, description="Organisations, and demands, that a group of the report of exposure has at least."
    )
    exposure_rankings: int = Field(
        1000, ge=1, le=20_000, description="Rankings that one report of exposure counts at most, the newest of them."
    )
    exposure_kept_s: float = Field(
        600.0, ge=0, le=86_400, description="Seconds for which a report of exposure is shown before it is made anew."
    )
    batch_jobs: int = Field(
        32, ge=1, le=1000, description="Profiles whose texts are embedded together; of demands two."
    )
    lanes: int = Field(2, ge=1, le=32, description="Batches of profiles that one worker has in hand at a time.")
    lease_s: float = Field(30.0, gt=1, le=3600, description="A worker silent this long has lost its jobs to others.")
    answers_at_once: int = Field(2, ge=1, le=64, description="Requests that one process computes at a time.")
    answer_queue: int = Field(32, ge=1, le=10_000, description="Requests that may wait for their turn; beyond it, 503.")
    answer_limit_s: float = Field(5.0, gt=0, le=60, description="Longest that a request waits for its turn, seconds.")
    reader_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+(?:/\S*)?$",
        description="Base of an OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1, that is to read what "
        "announced matches leave open; empty means none.",
    )
    reader_model: str = Field("", max_length=200, description="Model that the endpoint is asked for.")
    reader_key: SecretStr = Field(SecretStr(""), description="Key of the endpoint; empty where it wants none.")
    reader_timeout_s: float = Field(30.0, gt=0, le=600, description="Longest that one reading may take, seconds.")
    reader_daily_requests: int = Field(500, ge=0, description="Readings that a day of UTC may have.")
    reader_daily_tokens: int = Field(2_000_000, ge=0, description="Tokens that a day of UTC may cost.")

    @model_validator(mode="after")
    def _a_reader_has_a_model(self) -> Self:
        if self.reader_url is not None and not self.reader_model:
            raise ValueError("MATCHER_READER_URL needs MATCHER_READER_MODEL, which marks what that model reads")
        return self


class LoadSettings(BaseSettings):
    """Where `load` sends to and in whose name; the variables of the shell file that the embedded stack writes."""

    model_config = SettingsConfigDict(extra="ignore")

    catalog: str = Field("http://127.0.0.1:8101", description="Address of catalog's HTTP API.")
    matcher: str = Field("http://127.0.0.1:8102", description="Address of matcher's HTTP API.")
    publisher_token: str = Field("", description="Access token of the organisation that publishes the demands.")
    enterprise_token: str = Field("", description="Access token of the organisation that makes the offers.")
