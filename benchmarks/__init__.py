"""Benchmarks of Houston and of bare frameworks, in one run on one machine."""
