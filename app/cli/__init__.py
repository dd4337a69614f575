"""The `handover` command: one file a noun."""
