"""A mail server on the loopback that fails as told: speaks as much SMTP as a client needs, STARTTLS too."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class MailSink:
    """Answers each command with what `replies` names for it, else with success; `None` hangs up."""

    port: int = 0
    replies: Mapping[str, str | None] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    offers: tuple[str, ...] = ()
    messages: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    silent: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if not self.silent and await self._say(writer, "greeting", "220 sink ESMTP"):
                await self._talk(reader, writer)
            elif self.silent:
                await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            self.spoken.append(verb)
            if not await self._say(writer, verb, self._success(verb)):
                return
            if verb == "STARTTLS":
                assert self.tls is not None
                await writer.start_tls(self.tls)
            if verb == "DATA" and "DATA" not in self.replies:
                message = await reader.readuntil(b"\r\n.\r\n")
                if not await self._say(writer, "message", "250 taken"):
                    return
                if "message" not in self.replies:
                    self.messages.append(message.decode())

    def _success(self, verb: str) -> str:
        match verb:
            case "EHLO":
                lines = ["sink", *self.offers]
                return "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"])
            case "DATA":
                return "354 go on"
            case "AUTH":
                return "235 welcome"
            case "STARTTLS":
                return "220 ready"
            case _:
                return "250 fine"

    async def _say(self, writer: asyncio.StreamWriter, verb: str, otherwise: str) -> bool:
        reply = self.replies.get(verb, otherwise)
        if reply is None:
            return False
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def mail_sink(implicit: ssl.SSLContext | None = None) -> AsyncIterator[MailSink]:
    sink = MailSink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, ssl=implicit)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
