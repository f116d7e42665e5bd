"""Evidence and clauses in, verdicts with their reasons out."""
