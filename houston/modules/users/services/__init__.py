"""Functions on accounts."""
