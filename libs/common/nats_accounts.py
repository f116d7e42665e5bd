"""How the broker is divided: an account for each service, holding its stream, and one for all organisations.

A service reads another's stream through what the other account exports to it: the JetStream API of that stream, under a
prefix of its own. Nothing that a service or an organisation does in its account reaches another by any other way.
"""

ORGANISATIONS = "ORGANISATIONS"
OWN_API = "$JS.API"


def foreign_api(stream: str) -> str:
    """The prefix of the JetStream API by which a service reads the stream of another account."""
    return f"from.{stream}"


def api_of(stream: str, user: str | None) -> str:
    """The prefix by which `user`, a service, reaches a stream; without a user there are no accounts."""
    return OWN_API if user is None or stream == user.upper() else foreign_api(stream)


def inbox_of(user: str) -> str:
    """The prefix of the subjects on which replies come. Each user may subscribe to its own alone: to read replies of
    others is to read what they read."""
    return f"_INBOX.{user}"
