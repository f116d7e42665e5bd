"""Access to data for tests: asked for, granted until a time, ended by the clock or by who granted it."""
