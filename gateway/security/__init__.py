"""Certificates, revocation, and the keys that guard persons' numbers: what the ports of identity and secrecy stand on.

Nothing here knows gRPC or the store.
"""
