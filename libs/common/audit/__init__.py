"""A chain of digests over the audit entries of a service, by which later changes of them are found."""
