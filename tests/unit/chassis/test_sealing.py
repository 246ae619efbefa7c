"""What is sealed opens for its owner and part only, also after the current key has changed."""

import json
from base64 import b64encode
from typing import Any

import pytest

from services.chassis.sealing import CannotOpenError, KeyFileError, Keys, keys_in


def a_secret(seed: int) -> str:
    return b64encode(bytes((seed + number) % 256 for number in range(32))).decode()


def a_key_file(current: str = "k1", **keys: str) -> Keys:
    return keys_in(json.dumps({"current": current, "keys": keys or {"k1": a_secret(1)}}).encode())


def test_what_was_sealed_opens_again_under_a_later_key_file() -> None:
    envelope = a_key_file().seal_for(b"report")
    sealed = envelope.seal(b"text", "幸福里".encode())
    later = a_key_file("k2", k1=a_secret(1), k2=a_secret(2))

    opened = later.open_for(b"report", envelope.key_id, envelope.wrapped_key).open(b"text", sealed)

    assert opened.decode() == "幸福里"
    assert later.seal_for(b"report").key_id == "k2"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"owner": b"another"}, id="another-owner"),
        pytest.param({"key_id": "k9"}, id="a-key-the-file-has-not"),
        pytest.param({"part": b"contact"}, id="another-part"),
        pytest.param({"flip": True}, id="a-changed-bit"),
    ],
)
def test_nothing_else_opens_it(change: dict[str, Any]) -> None:
    keys = a_key_file()
    envelope = keys.seal_for(b"report")
    sealed = envelope.seal(b"text", b"secret")
    if "flip" in change:
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    with pytest.raises(CannotOpenError):
        keys.open_for(change.get("owner", b"report"), change.get("key_id", envelope.key_id), envelope.wrapped_key).open(
            change.get("part", b"text"), sealed
        )


def test_every_envelope_has_a_key_of_its_own() -> None:
    keys = a_key_file()
    one, two = keys.seal_for(b"report"), keys.seal_for(b"report")
    sealed = one.seal(b"text", b"secret")

    with pytest.raises(CannotOpenError):
        two.open(b"text", sealed)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="another-form"),
        pytest.param(b'{"current": "k1", "keys": {}}', id="no-current-key"),
        pytest.param(b'{"current": "k1", "keys": {"k1": "c2hvcnQ="}}', id="a-short-key"),
        pytest.param(b'{"current": "k1", "keys": {"k1": "%s"}}' % b64encode(b"\0" * 32), id="a-key-of-zeros"),
        pytest.param(b'{"current": "k1", "keys": {"k1": "not base64!"}}', id="no-base64"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_refused_without_its_keys(content: bytes) -> None:
    with pytest.raises(KeyFileError) as caught:
        keys_in(content)

    assert "c2hvcnQ" not in str(caught.value)


def test_keys_are_not_shown_by_accident() -> None:
    assert "secret" not in repr(a_key_file().seal_for(b"report")) + repr(a_key_file())
    assert a_secret(1) not in repr(a_key_file())
