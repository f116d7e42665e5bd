"""Calls for solutions: what is called for, what firms answer, how it is scored, who was selected and why."""
