"""Questions about public demands, answered for everyone."""
