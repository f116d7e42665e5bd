"""What callers may be: words alone, so that rules can name them too."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    PUBLISHER = "publisher"
    ENTERPRISE = "enterprise"
    INVESTOR = "investor"
    BROKER = "broker"
    EVALUATOR = "evaluator"
    REVIEWER = "reviewer"
    LIST_EDITOR = "list_editor"
    DISPATCHER = "dispatcher"
    SUBSIDY_OFFICER = "subsidy_officer"
    OPERATOR = "operator"
    AUDITOR = "auditor"


ALSO_CALLED = {"demand_owner": Role.PUBLISHER, "solver": Role.ENTERPRISE}
"""Other names that a token may give a role: who owns demands publishes them, and who solves them is an enterprise."""


def known(names: Iterable[object]) -> frozenset[Role]:
    """The roles among the names that a token gives; others mean nothing here."""
    given = {name for name in names if isinstance(name, str)}
    by_name = {role.value: role for role in Role} | ALSO_CALLED
    return frozenset(role for name, role in by_name.items() if name in given)
