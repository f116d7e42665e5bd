"""Whose ranking it is: a demand's or a profile's."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """One demand against profiles, or one profile against demands."""

    DEMAND = "demand"
    PROFILE = "profile"
