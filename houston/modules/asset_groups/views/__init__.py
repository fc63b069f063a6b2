"""The addresses of submissions and of reported sightings."""
