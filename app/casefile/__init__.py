"""The case: what is known of a family, in one strict form that every authority reads alike."""
