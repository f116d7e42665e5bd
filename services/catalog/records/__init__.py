"""What every noun with a life-cycle does alike: it is found, listed, begun, moved, audited, announced and shown."""
