"""The patches of sightings and of their encounters."""
