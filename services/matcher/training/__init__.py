"""Makes the ranker's data: coefficients from judged pairs, and the tables that come with the package."""
