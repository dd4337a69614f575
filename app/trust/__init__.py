"""Trust: whose keys count at a moment: keyring, directory, pairing, signed envelopes, access log."""
