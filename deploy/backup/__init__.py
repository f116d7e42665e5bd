"""Backup and restore of the platform's databases with PostgreSQL's own tools; `python -m deploy.backup --help`."""
