"""Which address asks: the peer, or what trusted proxies say is behind them."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.types import Scope

from services.chassis.web.buckets import client_of

Network = IPv4Network | IPv6Network
HOPS_MAX: Final = 10
UNKNOWN: Final = "unknown"


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
        if not _is_address(address):
            return peer
        peer = address
        if not _is_in(address, proxies):
            return address
    return peer


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    if not _is_address(address):
        return False
    parsed = ip_address(address)
    return any(parsed in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
