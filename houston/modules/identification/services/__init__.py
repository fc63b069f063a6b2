"""The services of identification."""
