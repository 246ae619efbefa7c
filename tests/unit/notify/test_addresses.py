"""Where a webhook may not go: the table of security.md, attacks 23 to 29."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from services.notify.channels.destinations import (
    RefusedDestinationError,
    Resolve,
    destination_of,
    reachable_addresses,
)
from services.notify.domain.addresses import is_public, parse


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "fc00::1", "fe80::1", "fe80::1%eth0", "ff02::1", "100::1",
    ],
)  # fmt: skip
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(parse(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(parse(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pass@example.com/", "https://user@example.com/", "file:///etc/passwd", "gopher://example.com/",
        "ftp://example.com/", "https://example.com#@internal", "https://", "https:///path", "example.com",
        "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\r\nX: y", "https://①②⑦.⓪.⓪.①/",
        "https://example.com\\@internal/", "https://[::1/", "https://example.com/" + "x" * 2000,
    ],
)  # fmt: skip
def test_a_url_that_is_not_plain_is_refused(url: str) -> None:
    with pytest.raises(RefusedDestinationError):
        destination_of(url)


def test_the_parts_of_a_plain_url() -> None:
    destination = destination_of("https://Hooks.Example.com:8443/a/b?c=d")

    assert (destination.name, destination.authority) == ("hooks.example.com:8443", "hooks.example.com:8443")
    assert destination.target == "/a/b?c=d"


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        pytest.param("https://inside.example/", ["10.0.0.1"], id="a-private-address"),
        pytest.param("https://mixed.example/", ["8.8.8.8", "10.0.0.1"], id="one-bad-address-among-good-ones"),
        pytest.param("https://nat64.example/", ["64:ff9b::7f00:1"], id="an-ipv4-inside-an-ipv6"),
        pytest.param("http://plain.example/", ["8.8.8.8"], id="without-tls"),
        pytest.param("https://ssh.example:22/", ["8.8.8.8"], id="port-22"),
        pytest.param("https://redis.example:6379/", ["8.8.8.8"], id="port-6379"),
        pytest.param("https://kafka.example:9092/", ["8.8.8.8"], id="port-9092"),
        pytest.param("https://unknown.example/", [], id="no-address"),
        pytest.param("https://odd.example/", ["not an address"], id="no-address-in-the-answer"),
    ],
)
async def test_what_a_name_leads_to_decides(url: str, addresses: Sequence[str]) -> None:
    with pytest.raises(RefusedDestinationError):
        await reachable_addresses(destination_of(url), (), resolving_to(addresses))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]"])
async def test_every_spelling_of_loopback_is_refused(host: str) -> None:
    with pytest.raises(RefusedDestinationError):
        await reachable_addresses(destination_of(f"https://{host}/"), ())


async def test_a_public_name_is_reached_by_tls() -> None:
    reached = await reachable_addresses(destination_of("https://ok.example/"), (), resolving_to(["8.8.8.8"]))

    assert [str(address) for address in reached] == ["8.8.8.8"]


async def test_an_allowed_network_is_reached_without_tls_at_any_port() -> None:
    allowed = (ip_network("10.1.0.0/16"),)

    reached = await reachable_addresses(destination_of("http://hook.intra:8000/"), allowed, resolving_to(["10.1.2.3"]))

    assert [str(address) for address in reached] == ["10.1.2.3"]
    with pytest.raises(RefusedDestinationError):
        await reachable_addresses(
            destination_of("http://hook.intra:8000/"), allowed, resolving_to(["10.1.2.3", "10.2.0.1"])
        )


def resolving_to(addresses: Sequence[str]) -> Resolve:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve
