"""The schemas of individuals and of their names."""
