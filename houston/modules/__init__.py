"""The domains of Houston: a folder each, enabled by `houston.modules` in the ini."""
