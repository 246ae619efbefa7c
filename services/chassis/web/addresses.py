"""Which address asks: the peer, or what trusted proxies say is behind them."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import Scope

from services.chassis.web.buckets import client_of

Network = IPv4Network | IPv6Network
HOPS_MAX: Final = 10
UNKNOWN: Final = "unknown"
PARSED_MAX: Final = 4_096
"""Addresses kept as they were read: the proxies', and whoever asks often."""


def networks_in(text: str) -> tuple[Network, ...]:
    """Return the comma-separated networks, such as 10.0.0.0/8,127.0.0.1/32. Raises ValueError."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def asking_address(scope: Scope, proxies: tuple[Network, ...]) -> str:
    """Return the address, or of IPv6 the /64, that asks."""
    client = scope.get("client")
    address: str = client[0] if client else UNKNOWN
    if proxies and _is_in(address, proxies):
        address = _forwarded(scope, address, proxies)
    return client_of(address)


def _forwarded(scope: Scope, peer: str, proxies: tuple[Network, ...]) -> str:
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    # From the right: each trusted proxy vouches for the one address it added, and for nothing before it.
    for hop in reversed(told.decode("latin-1").split(",")[-HOPS_MAX:]):
        address = hop.strip()
        if _parsed(address) is None:
            return peer
        peer = address
        if not _is_in(address, proxies):
            return address
    return peer


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(maxsize=PARSED_MAX)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
