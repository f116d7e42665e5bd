"""Demands from files."""
