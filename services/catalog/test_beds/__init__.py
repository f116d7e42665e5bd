"""Test beds: where solutions are tried, what can be measured there, and the slots in which they are."""
