"""Claims for subsidies: filed, verified, publicised, approved and paid, each by somebody who has no part in it."""
