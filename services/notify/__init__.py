"""Subscriptions and the deliveries they cause."""
