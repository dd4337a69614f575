"""What lies outside this process: other authorities, mail, identity providers."""
