"""The terms of wildlife research that several modules share: roles, times and viewpoints."""
