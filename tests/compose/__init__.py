"""The platform in containers: `make test-compose`. Needs an engine and the images; several minutes."""
