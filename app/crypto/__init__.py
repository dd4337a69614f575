"""Crypto: strict JSON, signatures and age files on `cryptography`; bytes in, bytes out."""
