"""The operations of sightings and of encounters."""
