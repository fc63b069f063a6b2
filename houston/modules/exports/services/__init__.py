"""The records of exports, and the parts of an export that all formats share."""
