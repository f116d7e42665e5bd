"""Mandates: an organisation lets a broker act for it in dockings, within a scope and until a day."""
