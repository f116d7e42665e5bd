"""What organisations want solved."""
