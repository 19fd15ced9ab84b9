"""The seal: encrypts secrets in the journal, and hides the journal's serials from clients that page through it.

Its key is stored next to the journal, readable only by the farm's user. The journal holds a fingerprint of the key, so
that a copy of the journal without its key is detected when it is opened and not when a webhook is to be signed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from farm.errors import DocumentError, MachineError, Problem, StoreError

KEY_FILE: Final = "seal.key"
SEALED: Final = "sealed:1:"
"""Prefix of sealed text."""
START: Final = "0"
"""The token for the beginning."""
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals text, and converts serials to opaque tokens."""

    key: bytes = field(repr=False)
    """32 random bytes."""

    def print(self) -> str:
        """Return the key's fingerprint, which reveals nothing about the key."""
        return hmac.new(self.key, b"print", hashlib.sha256).hexdigest()[:32]

    def seal(self, text: str, context: str) -> str:
        """Return sealed text that can be opened only in the same context."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        hidden = AESGCM(self._derived(b"text")).encrypt(nonce, text.encode(), context.encode())
        return SEALED + base64.b64encode(nonce + hidden).decode()

    def open(self, sealed: str, context: str) -> str:
        """Return the plain text.

        Raises:
            StoreError: it was sealed with another key or in another context, or is damaged.
        """
        try:
            data = base64.b64decode(sealed.removeprefix(SEALED), validate=True)
            nonce, hidden = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            return AESGCM(self._derived(b"text")).decrypt(nonce, hidden, context.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise StoreError(
                f"a secret of {context} in the journal cannot be opened with {KEY_FILE}; give the tenant a new one "
                "(farm tenants rotate-secret)"
            ) from error

    def token(self, serial: int, kind: str) -> str:
        """Return an opaque token for a serial of a kind: tenants can neither read the number nor forge a token."""
        if serial <= 0:
            return START
        block = serial.to_bytes(8, "big") + _tag(kind)
        turned = Cipher(algorithms.AES(self._derived(b"serial")), modes.ECB()).encryptor()
        return base64.urlsafe_b64encode(turned.update(block) + turned.finalize()).decode().rstrip("=")

    def serial(self, token: str, kind: str, *, field: str) -> int:
        """Return the serial that a token represents.

        Args:
            token: As returned by :meth:`token`.
            kind: The kind of serial.
            field: The sender's name for the parameter, for the error message.

        Raises:
            DocumentError: the token was not issued by this farm.
        """
        if token == START:
            return 0
        try:
            block = base64.b64decode(token + "==", altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            block = b""
        if len(block) == _TOKEN_BYTES:
            turned = Cipher(algorithms.AES(self._derived(b"serial")), modes.ECB()).decryptor()
            plain = turned.update(block) + turned.finalize()
            if hmac.compare_digest(plain[8:], _tag(kind)):
                return int.from_bytes(plain[:8], "big")
        message = (
            f"was not issued by this farm; send one exactly as it was returned, or {START} for the beginning"
        )
        raise DocumentError([Problem(field, message)], source="query")

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.new(self.key, purpose, hashlib.sha256).digest()


def _tag(kind: str) -> bytes:
    return hashlib.sha256(kind.encode()).digest()[:8]


def load_seal(path: Path, expected: str) -> Seal:
    """Return the seal whose key is in a file, creating the key if the journal has none yet.

    Args:
        path: The key's file.
        expected: The fingerprint stored in the journal; empty if there is none.

    Raises:
        StoreError: the key that the journal was sealed with is missing, or the file holds a different one.
        MachineError: the file does not contain a valid key.
    """
    if not path.exists():
        if expected:
            raise StoreError(f"{path} is missing, with which this farm's secrets are sealed; {_REMEDY}")
        _make_key(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise MachineError(f"{path} cannot be read as a key ({error}); {_REMEDY}") from error
    if len(key) != _KEY_BYTES:
        raise MachineError(f"{path} holds {len(key)} bytes, a key has {_KEY_BYTES}; {_REMEDY}")
    seal = Seal(key)
    if expected and not hmac.compare_digest(seal.print(), expected):
        raise StoreError(f"{path} is not the key with which this farm's secrets are sealed; {_REMEDY}")
    return seal


_REMEDY: Final = (
    "put it back from the backup that the journal is from, or, where it is lost, run `farm tenants reseal`, which "
    "gives every tenant a new webhook secret"
)


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # If two processes start at once, the first one's key wins.
            os.link(fresh, path)
        except FileExistsError:
            return
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        fresh.unlink(missing_ok=True)
