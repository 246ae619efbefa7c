"""Headers that stand on every response, errors included."""

from typing import Final

Headers = list[tuple[bytes, bytes]]

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

SECURITY_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=()"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
)
SECURITY_NAMES: Final = frozenset(name for name, _ in SECURITY_HEADERS)


def header(scope_headers: Headers, name: bytes) -> bytes | None:
    """Return the first header of that lower-case name."""
    for key, value in scope_headers:
        if key == name:
            return value
    return None
