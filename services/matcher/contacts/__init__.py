"""Contacts: whom to call about a demand or a profile, shown to the other side of a docking when both allow it."""
