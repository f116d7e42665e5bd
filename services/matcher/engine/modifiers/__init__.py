"""What takes the force from a claim: denials, plans, exceptions, best cases."""
