"""Which addresses a webhook may reach: public ones, and networks the operator has named."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DENIED: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Everything that is special by the registries of IANA, and what carries an IPv4 address inside: NAT64, 6to4, Teredo.

`ipaddress.is_global` is not enough: Python 3.11 calls 64:ff9b::7f00:1, 2002:7f00:1:: and 192.0.0.8 global.
"""


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """Whether one of `networks` contains the address, also where it is written as IPv6 (::ffff:127.0.0.1)."""
    plain = plain_of(address)
    return any(plain in network for network in networks if network.version == plain.version)


def is_public(address: Address) -> bool:
    """Whether the address is an ordinary one of the public internet."""
    plain = plain_of(address)
    return plain.is_global and not plain.is_multicast and not is_in(plain, DENIED)


def plain_of(address: Address) -> Address:
    """Return the IPv4 address that an IPv4-mapped one means, any other as it is; zones are dropped."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        return IPv6Address(int(address))
    return address


def parse(text: str) -> Address:
    """Return the address that a resolver answered with."""
    return ip_address(text)
