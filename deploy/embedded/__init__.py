"""Jingqiao on one machine: PostgreSQL, NATS and every service as children of one process, from Python wheels alone."""
