"""Verbs: each loads, lets the rooms decide, and saves in one commit."""
