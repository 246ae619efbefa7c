"""The only way out: to a checked and pinned address, without redirects or proxies, with a deadline and a size limit."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import Final, Self

import httpx2
import msgspec

from services.notify.channels.destinations import (
    Destination,
    Resolve,
    destination_of,
    reachable_addresses,
    system_resolve,
)
from services.notify.domain.addresses import Network

POST_SECONDS_MAX: Final = 5.0
ANSWER_BYTES_MAX: Final = 64 * 1024


class CannotReachError(ConnectionError):
    """No answer: refused, unreachable, too slow, or TLS that proves nothing. The text names no address."""


class Answer(msgspec.Struct, frozen=True):
    """What was answered; of a body that is too long or too slow only what came in time."""

    status: int
    body: bytes = b""
    retry_after: str | None = None


class Egress:
    """Posts to webhooks, robots and gateways.

    One connection per post: a kept one would outlive its check, and would be shared by names on one address.
    """

    def __init__(
        self,
        allowed: Sequence[Network],
        *,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_resolve,
        seconds_max: float = POST_SECONDS_MAX,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._seconds_max = seconds_max
        self._client = httpx2.AsyncClient(
            verify=tls or ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=seconds_max,
            limits=httpx2.Limits(max_connections=256, max_keepalive_connections=0),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def check(self, url: str) -> str:
        """Return the destination's name, if messages may go there now. Raises RefusedDestinationError."""
        destination = destination_of(url)
        await reachable_addresses(destination, self._allowed, self._resolve)
        return destination.name

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return what was answered to `body`; what follows the head is read to its limit.

        Raises:
            RefusedDestinationError: the name leads elsewhere now than when it was registered.
            CannotReachError: no answer in time.
        """
        deadline = asyncio.get_running_loop().time() + self._seconds_max
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._client.send(await self._request(url, body, headers), stream=True)
        except TimeoutError:
            raise CannotReachError(f"no answer within {self._seconds_max:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as error:
            raise CannotReachError(type(error).__name__) from None
        told = await _read(response, deadline)
        return Answer(response.status_code, told, response.headers.get("retry-after"))

    async def connect(self, host: str, port: int, *, encrypted: bool) -> socket.socket:
        """Return a socket connected to a checked address of `host`: mail's way out.

        Raises:
            RefusedDestinationError: the name leads where messages are not sent, or in clear to the public internet.
            CannotReachError: nobody listens there in time.
        """
        destination = Destination("", "smtps" if encrypted else "smtp", host, port, "")
        address = (await reachable_addresses(destination, self._allowed, self._resolve))[0]
        family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
        out = socket.socket(family, socket.SOCK_STREAM)
        out.setblocking(False)
        try:
            async with asyncio.timeout(self._seconds_max):
                await asyncio.get_running_loop().sock_connect(out, (str(address), port))
        except (OSError, TimeoutError) as error:
            out.close()
            raise CannotReachError(type(error).__name__) from None
        return out

    async def _request(self, url: str, body: bytes, headers: Mapping[str, str]) -> httpx2.Request:
        destination = destination_of(url)
        address = (await reachable_addresses(destination, self._allowed, self._resolve))[0]
        pinned = httpx2.URL(
            scheme=destination.scheme,
            host=str(address),
            port=destination.port,
            raw_path=destination.target.encode(),
        )
        return self._client.build_request(
            "POST",
            pinned,
            content=body,
            headers={**headers, "host": destination.authority, "accept-encoding": "identity"},
            extensions={"sni_hostname": destination.host},
        )


async def _read(response: httpx2.Response, deadline: float) -> bytes:
    """Read a small body, so that the receiver sees its answer taken; the head was the answer, so any other is cut."""
    read = bytearray()
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_raw():
                read += chunk[: ANSWER_BYTES_MAX - len(read)]
                if len(read) >= ANSWER_BYTES_MAX:
                    break
    except (httpx2.HTTPError, TimeoutError):
        pass
    finally:
        await response.aclose()
    return bytes(read)
