"""Sealing what must not lie about in clear: AES-GCM under a key of its own, wrapped by the key file's current key.

The key file is JSON: `{"current": "k1", "keys": {"k1": "<32 bytes in base64>"}}`. A new key is added and made current;
old ones stay, for what they sealed. To forget one sealed thing for good is to delete its wrapped key.
"""

import binascii
import hmac
import os
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
KEY_IDS_MAX: Final = 100

Random = Callable[[int], bytes]


class KeyFileError(ValueError):
    """The key file cannot be used; the message never repeats a key."""


class CannotOpenError(ValueError):
    """Sealed with another key, for another owner, or changed since."""


class _Form(msgspec.Struct, forbid_unknown_fields=True):
    current: str
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file, divided by purpose so that no use tells anything about another."""

    wrapping: AESGCM = field(repr=False)
    marking: bytes = field(repr=False)
    """For HMACs: tracking codes, phone tails."""

    @classmethod
    def of(cls, secret: bytes) -> Self:
        return cls(AESGCM(hmac.digest(secret, b"wrapping", "sha256")), hmac.digest(secret, b"marking", "sha256"))


@dataclass(frozen=True, slots=True)
class Keys:
    """All keys of the file, and which of them seals what is new."""

    current_id: str
    keys: Mapping[str, Key] = field(repr=False)

    @property
    def current(self) -> Key:
        return self.keys[self.current_id]

    def key(self, key_id: str) -> Key:
        """Return a key by its id. Raises CannotOpenError for one that is not in the file."""
        try:
            return self.keys[key_id]
        except KeyError:
            raise CannotOpenError(f"the key file has no key {key_id!r}") from None

    def seal_for(self, owner: bytes, random: Random = os.urandom) -> "Envelope":
        """Return an envelope with a new key of its own; `owner` must be named again to open it."""
        secret, nonce = random(KEY_BYTES), random(NONCE_BYTES)
        wrapped = nonce + self.current.wrapping.encrypt(nonce, secret, owner)
        return Envelope(self.current_id, wrapped, owner, AESGCM(secret))

    def open_for(self, owner: bytes, key_id: str, wrapped_key: bytes) -> "Envelope":
        """Return the envelope whose wrapped key was kept. Raises CannotOpenError."""
        nonce, wrapped = wrapped_key[:NONCE_BYTES], wrapped_key[NONCE_BYTES:]
        try:
            secret = self.key(key_id).wrapping.decrypt(nonce, wrapped, owner)
        except (InvalidTag, ValueError):
            raise CannotOpenError("this wrapped key does not open with the key file") from None
        return Envelope(key_id, wrapped_key, owner, AESGCM(secret))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What seals the parts of one owner. Keep `key_id` and `wrapped_key` beside what it sealed."""

    key_id: str
    wrapped_key: bytes
    _owner: bytes
    _cipher: AESGCM = field(repr=False)

    def seal(self, part: bytes, value: bytes, random: Random = os.urandom) -> bytes:
        """Return `value` sealed as this `part` of the owner."""
        nonce = random(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value, self._owner + b"/" + part)

    def open(self, part: bytes, sealed: bytes) -> bytes:
        """Return what was sealed as this part. Raises CannotOpenError."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._owner + b"/" + part)
        except (InvalidTag, ValueError):
            raise CannotOpenError("sealed for another part or owner, or changed since") from None


def keys_in(content: bytes) -> Keys:
    """Return the keys a key file holds.

    Raises:
        KeyFileError: another form, a key that is not 32 bytes, or no current key among them.
    """
    try:
        form = msgspec.json.decode(content, type=_Form)
        secrets = {key_id: b64decode(text, validate=True) for key_id, text in form.keys.items()}
    except (msgspec.DecodeError, binascii.Error, UnicodeDecodeError):
        raise KeyFileError('the key file must be {"current": "k1", "keys": {"k1": "<base64>"}}') from None
    if form.current not in secrets or len(secrets) > KEY_IDS_MAX:
        raise KeyFileError("the key file names no current key among its keys")
    if any(len(secret) != KEY_BYTES or len(set(secret)) == 1 for secret in secrets.values()):
        raise KeyFileError(f"every key must be {KEY_BYTES} random bytes in base64")
    return Keys(form.current, {key_id: Key.of(secret) for key_id, secret in secrets.items()})


def read_keys(path: Path) -> Keys:
    """Return the keys of the file at `path`.

    Raises:
        KeyFileError: unreadable, or not of the form.
    """
    try:
        return keys_in(path.read_bytes())
    except OSError as error:
        raise KeyFileError(f"cannot read the key file {path}: {error.strerror}") from None
