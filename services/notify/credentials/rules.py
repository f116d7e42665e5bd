"""What an organisation is called at the broker, and what it reads there; free of I/O."""

from common.fields import OrganisationKey


def user_of(organisation: OrganisationKey) -> str:
    """Its name as a user, and that of its consumer. No scheme holds a hyphen, so no two are called the same."""
    return f"{organisation.scheme}-{organisation.code}"


def subjects_of(organisation: OrganisationKey) -> str:
    """What it reads: all that is sent to it."""
    return f"notify.{organisation.scheme}.{organisation.code}.>"
