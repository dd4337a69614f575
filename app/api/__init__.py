"""The HTTP door: our API, the exchange between authorities, and health."""
