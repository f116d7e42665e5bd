"""Processes that die at named boundaries."""
