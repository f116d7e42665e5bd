"""Imports: a file of rows read into a report first, and made into demands or profiles when its owner says so."""
