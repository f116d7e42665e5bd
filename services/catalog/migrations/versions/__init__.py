"""The steps that bring the catalog's database to its present schema."""
