"""Figures of the catalogue: searches, changes and exports on sites with generated sightings."""
