"""Where a message goes: the URL taken apart and judged, its name resolved and every address checked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from services.notify.domain.addresses import Address, Network, is_in, is_public, parse

URL_CHARACTERS_MAX: Final = 2_000
PUBLIC_PORTS: Final = {"https": frozenset({443, 8443}), "smtps": frozenset({465, 587})}
RESOLVE_SECONDS_MAX: Final = 3.0
ADDRESSES_MAX: Final = 16

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class RefusedDestinationError(ValueError):
    """Messages are not sent there; the text says why, for the person who registers it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL whose text is in order; whether it may be reached, only its addresses tell."""

    url: str
    scheme: str
    host: str
    port: int
    target: str
    """Path and query."""

    @property
    def name(self) -> str:
        """Host and port: what the limit on simultaneous deliveries counts."""
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"


def destination_of(url: str) -> Destination:
    """Return the parts of `url`.

    Raises:
        RefusedDestinationError: not http(s), no host, credentials, a fragment, or characters that do not belong.
    """
    if len(url) > URL_CHARACTERS_MAX or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise RefusedDestinationError("write the URL in printable ASCII without spaces, at most 2,000 characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedDestinationError("this is no URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RefusedDestinationError("a webhook is an https URL with a host")
    if "@" in parts.netloc or "#" in url:
        raise RefusedDestinationError("a webhook's URL has no credentials and no fragment in it")
    port = port if port is not None else {"http": 80, "https": 443}[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(url, parts.scheme, parts.hostname, port, target)


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return every address the system's resolver gives for `host`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


async def reachable_addresses(
    destination: Destination, allowed: Sequence[Network], resolve: Resolve = system_resolve
) -> Sequence[Address]:
    """Return the addresses of `destination`, every one of them checked; connect to one of these and to no other.

    Raises:
        RefusedDestinationError: unknown name, any address that is neither public nor in an allowed network, or a public
            one asked for without TLS or at an unusual port.
    """
    try:
        async with asyncio.timeout(RESOLVE_SECONDS_MAX):
            told = await resolve(destination.host, destination.port)
        addresses = [parse(text) for text in dict.fromkeys(told)]
    except (OSError, TimeoutError, ValueError, UnicodeError):
        raise RefusedDestinationError(f"the name {destination.host} is not known") from None
    if not addresses or len(addresses) > ADDRESSES_MAX:
        raise RefusedDestinationError(f"the name {destination.host} has no usable address")
    if all(is_in(address, allowed) for address in addresses):
        return addresses
    if not all(is_public(address) for address in addresses):
        raise RefusedDestinationError(f"{destination.host} is not an address on the public internet")
    if destination.port not in PUBLIC_PORTS.get(destination.scheme, frozenset()):
        raise RefusedDestinationError("to the public internet: https at port 443 or 8443, mail with TLS at 465 or 587")
    return addresses
