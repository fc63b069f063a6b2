"""What several modules share of Wildbook and that has no address of its own."""
