"""Attacks on the services: generated, bounded, on this machine alone. `make test` tries some, `make attack` all."""
