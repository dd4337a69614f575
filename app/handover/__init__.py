"""The ledger of signed statements that two authorities hold, and all that is computed from it."""
