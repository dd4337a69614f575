"""Bundles: one age file of a manifest, a case file and attachments, that a statement announces."""
