"""Capability profiles."""
