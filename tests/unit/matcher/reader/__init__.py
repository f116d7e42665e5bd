"""The second reader without server and database."""
