"""Renders the manifests as an operator's kubectl and helm do, and finds what is wrong with them without a cluster."""
