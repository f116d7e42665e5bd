"""Says what is wrong with a running service and what to do about it: `python -m <service> doctor`."""
