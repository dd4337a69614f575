"""Trust: whose keys count at a moment (keyring, directory, pairing), and the access log."""
