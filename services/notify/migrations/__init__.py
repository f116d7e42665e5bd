"""The steps that bring the notify database to its present schema."""
