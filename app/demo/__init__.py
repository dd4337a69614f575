"""The demonstration: two invented authorities on this machine, and a case that crosses."""
