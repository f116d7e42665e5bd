"""What callers may be: words alone, so that rules can name them too."""

from enum import StrEnum


class Role(StrEnum):
    PUBLISHER = "publisher"
    ENTERPRISE = "enterprise"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    SUBSIDY_OFFICER = "subsidy_officer"
    LIST_EDITOR = "list_editor"
