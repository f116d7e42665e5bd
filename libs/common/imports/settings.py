"""The settings of a service that imports, beside its others."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from common.sheets.refusals import MIB, FileLimits

_FORM_BYTES = 64 * 2**10
"""What a form may take beside its file: boundaries, and the headers of its parts."""


class ImportSettings(BaseModel):
    """Mixed into a service's settings, whose prefix the variables have."""

    import_limit_mb: int = Field(20, ge=1, le=200, description="Largest file that is imported, MiB.")
    import_rows: int = Field(50_000, ge=1, le=1_000_000, description="Most rows of one table that are imported.")
    import_days: int = Field(
        90, ge=1, description="How long the reports of imports are kept after the last thing that happened to them."
    )
    import_lease_s: float = Field(
        60.0, gt=1, le=3600, description="A worker silent this long over an import has lost it to others."
    )
    import_every_s: float = Field(1.0, gt=0, le=3600, description="Seconds between looks for files to import.")

    @property
    def larger_bodies(self) -> Mapping[str, int]:
        return {"/v1/imports": self.import_limit_mb * MIB + _FORM_BYTES}

    @property
    def file_limits(self) -> FileLimits:
        return FileLimits(file_bytes=self.import_limit_mb * MIB, rows=self.import_rows)
