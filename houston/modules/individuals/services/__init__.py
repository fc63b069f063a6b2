"""The services of individuals and of their names."""
