"""The parts of any backend, without the domain of Houston."""
