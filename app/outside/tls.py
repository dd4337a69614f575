"""TLS on the way out, to other authorities and the identity provider alike."""

import ssl

import httpx

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: forward secrecy and authenticated encryption (RFC 9325, 4.2), as all of 1.3 have."""


def context() -> ssl.SSLContext:
    """TLS 1.2 or newer, to a server whose certificate is for its name and by a root that is
    publicly trusted. Set here, because what is the default differs from machine to machine; and
    variables of the environment change none of it."""
    made = httpx.create_ssl_context(trust_env=False)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers(CIPHERS)
    return made
