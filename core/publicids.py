"""Permanent public identifiers: unguessable, short, never reused."""

import secrets

# Crockford's base 32: no I, L, O, U, so that an id survives being read out on the telephone.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12


def new_public_id() -> str:
    """Return 12 random characters of Crockford's base 32 (60 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
