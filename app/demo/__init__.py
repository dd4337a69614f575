"""A demonstration with invented families: two authorities on one machine."""
