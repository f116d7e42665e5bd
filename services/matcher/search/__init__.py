"""Finds profiles and open demands by nearness and by words."""
