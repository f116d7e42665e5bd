"""Whether what is private is sealed in the database, and with the newest key."""

from sqlalchemy import MetaData

from common.doctor.examination import Check, Examined
from common.doctor.results import CheckResult, ok, warning
from common.resealing import repository


def sealed(own: MetaData) -> Check:
    """The check for a service whose tables are in `own`."""

    async def check(examined: Examined) -> list[CheckResult]:
        variable = f"{examined.name.upper()}_SECRET_KEYS"
        if not examined.settings.secret_keys:
            return [warning("sealing", "contacts and imported files are stored as they are", f"set {variable}")]
        async with examined.database.reading() as session:
            stale = await repository.stale_counts(session, own)
        if stale:
            named = ", ".join(f"{count} of {table}" for table, count in stale.items())
            seen = f"not sealed with the newest key: {named}"
            return [warning("sealing", seen, f"run `python -m {examined.name} seal`")]
        return [ok("sealing", "all that is private is sealed with the newest key")]

    return check
