"""Passwords and tokens: made, hashed, compared."""

import base64
import hashlib
import hmac
import secrets

# about 50 ms and 16 MiB a hash
COST = 2**14
_BLOCK_SIZE, _PARALLELISM = 8, 1


def hash_password(password: str, cost: int = COST) -> str:
    """A salted scrypt hash, with its parameters; `cost` is a power of two."""
    salt = secrets.token_bytes(16)
    parts = (cost, _BLOCK_SIZE, _PARALLELISM, _text(salt), _text(_scrypt(password, salt, cost, _BLOCK_SIZE, _PARALLELISM)))
    return "$".join(["scrypt", *map(str, parts)])


def hash_machine_password(password: str) -> str:
    """A quick hash of a password made by `new_secret`: nobody can guess 256 random bits, however fast they try."""
    return f"sha256${hash_token(password)}"


def password_fits(password: str, stored: str | None, cost: int = COST) -> bool:
    """Whether the password is the hashed one; a wrong one takes the same work whether it is a person's, a machine's or nobody's."""
    if stored is not None and stored.startswith("sha256$"):
        if hmac.compare_digest(hash_machine_password(password), stored):
            return True
        stored = None
    _, n, block_size, parallelism, salt, expected = (stored or _nobody(cost)).split("$")
    actual = _scrypt(password, base64.b64decode(salt), int(n), int(block_size), int(parallelism))
    return hmac.compare_digest(actual, base64.b64decode(expected)) and stored is not None


def new_secret() -> str:
    """A random token or password of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 of a token: random tokens need no salt, and what leaks from the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _scrypt(password: str, salt: bytes, cost: int, block_size: int, parallelism: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block_size, p=parallelism, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _nobody(cost: int) -> str:
    return f"scrypt${cost}${_BLOCK_SIZE}${_PARALLELISM}${_text(bytes(16))}${_text(bytes(32))}"
