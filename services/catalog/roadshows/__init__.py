"""Roadshows: financing demands present themselves to investors, one in each slot."""
