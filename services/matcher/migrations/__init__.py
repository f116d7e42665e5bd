"""The steps that bring the matcher's database to its present schema."""
