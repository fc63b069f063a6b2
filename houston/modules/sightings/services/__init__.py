"""The services of sightings and of their encounters."""
