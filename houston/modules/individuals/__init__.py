"""Individuals."""
