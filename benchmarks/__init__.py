"""Houston's speed beside that of bare frameworks, measured in one run on one machine."""
