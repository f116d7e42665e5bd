"""Keeps the vectors in good order: indexes where they pay, another model without downtime, old receipts dropped."""
