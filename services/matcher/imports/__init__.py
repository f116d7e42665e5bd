"""Capability profiles from files."""
