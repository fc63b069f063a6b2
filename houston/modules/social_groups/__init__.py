"""Social groups."""
