"""The only writer of demands: organisations, demands and their life-cycle."""
