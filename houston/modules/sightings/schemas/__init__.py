"""The schemas of sightings and of their encounters."""
