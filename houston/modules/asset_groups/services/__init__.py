"""The operations of asset groups and asset group sightings."""
