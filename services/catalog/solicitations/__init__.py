"""Calls for solutions to a demand, and who is named to evaluate them."""
