"""The settings of the catalog, read from variables that begin with CATALOG_."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.imports.settings import ImportSettings
from common.settings import ServiceSettings


class CatalogDoorSettings(BaseSettings):
    """Where `import` sends to and in whose name; the variables of the shell file that the embedded stack writes."""

    model_config = SettingsConfigDict(extra="ignore")

    catalog: str = Field("http://127.0.0.1:8101", description="Address of catalog's HTTP API.")
    publisher_token: str = Field("", description="Access token of the organisation that the demands are of.")


class CatalogSettings(ImportSettings, ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CATALOG_", extra="ignore")

    port: int = Field(8101, ge=0, le=65535, description="Port of `serve`.")
    review_url: str = Field(
        "/v1/demands/review",
        description="Where the matcher reviews drafts, named in the reply to a draft; a full address where services do "
        "not share one.",
    )
    review_required: bool = Field(
        False, description="Whether a demand is published by a reviewer's approval alone; otherwise its owner may, too."
    )
    attachment_mb: float = Field(20.0, gt=0, le=1000, description="Largest file that is attached to a demand, MiB.")
    attachments_folder: Path | None = Field(
        None,
        description="Folder for the content of attachments, which `serve` writes and backups must copy; none: large "
        "objects of the database, which its backups hold.",
    )
    ocid_prefix: str = Field(
        "ocds-000000",
        pattern=r"^ocds-[a-z0-9]{6}$",
        description="Prefix of contracting processes in open contracting data, which the Open Contracting Partnership "
        "gives to a publisher; the default is nobody's, for trying.",
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+\S*)?$",
        description="Where everyone reaches this service, which exported lists name; none: they are named by a URN.",
    )
    contact_days: int = Field(
        730, ge=1, description="How long whom to call is kept after a demand came to its end: days since its last step."
    )
    close_every_s: float = Field(
        2.0, gt=0, le=3600, description="Seconds between looks for published demands whose closing time has passed."
    )
