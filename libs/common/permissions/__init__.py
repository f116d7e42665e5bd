"""Who may call which route: a table of each service, read and enforced here and nowhere else."""
