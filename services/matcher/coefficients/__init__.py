"""The ranker's coefficients: those in use, and their file."""
