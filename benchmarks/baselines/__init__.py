"""The least an application can do to answer like Houston, in three frameworks."""
