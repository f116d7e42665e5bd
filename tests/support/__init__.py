"""Real parts for tests: servers, databases, the whole stack, a receiver of webhooks, and waiting with a deadline."""
